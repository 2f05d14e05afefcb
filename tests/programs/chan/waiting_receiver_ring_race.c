// After a hand-off of item 1, item 2 is in the second slot: it has learnt nothing of receive 1.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void receiver(void) {
    x = 1; // race: first
    stage_done();
    chan_recv(c);
    stage_await(2);
    chan_recv(c);
}

static void sender(void) {
    stage_await(1);
    stage_pause();
    chan_send(c, 1);
    chan_send(c, 2);
    use(x); // race: second
    stage_done();
}

int main(void) {
    c = chan_make(int, 2);
    together(receiver, sender);
    chan_free(c);
    return 0;
}
