// Send k + C - 1 has learnt nothing of receive k: it uses another slot.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    stage_await(1);
    chan_send(c, 2);
    use(x); // race: first
}

static void receiver(void) {
    x = 1; // race: second
    chan_recv(c);
    stage_done();
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 2);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
