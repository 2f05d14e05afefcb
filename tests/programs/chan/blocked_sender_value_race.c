// The receive that makes room takes the oldest value, not the blocked sender's: it has not learnt what that sender
// did between its two sends.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void sender(void) {
    chan_send(c, 1);
    x = 1; // race: first
    stage_done();
    chan_send(c, 2);
}

static void receiver(void) {
    stage_await(1);
    stage_pause();
    chan_recv(c);
    use(x); // race: second
    chan_recv(c);
}

int main(void) {
    c = chan_make(int, 1);
    together(sender, receiver);
    chan_free(c);
    return 0;
}
