// A sender that blocked on a full buffer goes on after the receive that made room: receive k -> send k + C.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    stage_done();
    chan_send(c, 2);
    use(x);
}

static void receiver(void) {
    stage_await(1);
    stage_pause();
    x = 1;
    chan_recv(c);
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
