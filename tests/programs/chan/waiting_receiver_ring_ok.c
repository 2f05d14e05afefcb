// A hand-off moves the ring on as if the value had passed through: after it, the next send uses the next slot, and
// send k + C still learns of receive k.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void receiver(void) {
    x = 1;
    stage_done();
    chan_recv(c); // receive 1, waits: handed over
    stage_await(2);
    chan_recv(c);
    chan_recv(c);
}

static void sender(void) {
    stage_await(1);
    stage_pause();
    chan_send(c, 1);
    chan_send(c, 2);
    chan_send(c, 3); // after receive 1
    use(x);
    stage_done();
}

int main(void) {
    c = chan_make(int, 2);
    together(receiver, sender);
    chan_free(c);
    return 0;
}
