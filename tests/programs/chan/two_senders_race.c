// Two sends on different slots do not order their senders.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void one(void) {
    x = 1; // race: first
    chan_send(c, 1);
    stage_done();
}

static void two(void) {
    stage_await(1);
    chan_send(c, 2);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 2);
    together(one, two);
    chan_recv(c);
    chan_recv(c);
    chan_free(c);
    return 0;
}
