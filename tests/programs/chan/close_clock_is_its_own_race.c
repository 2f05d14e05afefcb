// The close's clock is shared with no slot: a receive that finds the channel closed has not learnt what a receiver
// did before it took a value from the buffer.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void other_receiver(void) {
    x = 1; // race: first
    chan_recv(c);
    stage_done();
}

static void late_receiver(void) {
    stage_await(1);
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    chan_send(c, 1);
    chan_close(c);
    together(other_receiver, late_receiver);
    chan_free(c);
    return 0;
}
