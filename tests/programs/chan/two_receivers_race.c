// Two receives on different slots do not order their receivers.
// expect: GR001
#include "../stage.h"

int x; // not static: a compiler drops stores that nobody reads
static chan(int) c;

static void one(void) {
    x = 1; // race: first
    chan_recv(c);
    stage_done();
}

static void two(void) {
    stage_await(1);
    chan_recv(c);
    x = 2; // race: second
}

int main(void) {
    c = chan_make(int, 2);
    chan_send(c, 1);
    chan_send(c, 2);
    together(one, two);
    chan_free(c);
    return 0;
}
