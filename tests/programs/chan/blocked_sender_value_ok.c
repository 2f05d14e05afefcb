// The second receive gets the blocked sender's value, and with it all that the sender did.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    x = 1;
    stage_done();
    chan_send(c, 2);
}

static void receiver(void) {
    stage_await(1);
    stage_pause();
    chan_recv(c);
    chan_recv(c);
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
