// A value that was still in the buffer when the channel was closed brings its own sender's order, not the closer's.
// expect: GR001
#include "../stage.h"

static int x;
static chan(int) c;

static void closer(void) {
    x = 1; // race: first
    chan_close(c);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(c);
    use(x); // race: second
}

int main(void) {
    c = chan_make(int, 1);
    chan_send(c, 1);
    together(closer, receiver);
    chan_free(c);
    return 0;
}
