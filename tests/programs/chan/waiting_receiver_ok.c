// A value handed straight to a receiver that waits orders as one that lay in the buffer.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void receiver(void) {
    stage_done();
    chan_recv(c);
    use(x);
}

static void sender(void) {
    stage_await(1);
    stage_pause();
    x = 1;
    chan_send(c, 1);
}

int main(void) {
    c = chan_make(int, 2);
    together(receiver, sender);
    chan_free(c);
    return 0;
}
