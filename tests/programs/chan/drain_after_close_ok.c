// Once it is drained, a receive finds it closed: that one is after the close.
// expect: none
#include "../stage.h"

static int x;
static chan(int) c;

static void closer(void) {
    x = 1;
    chan_close(c);
    stage_done();
}

static void receiver(void) {
    int v;
    stage_await(1);
    chan_range(v, c) use(v);
    use(x);
}

int main(void) {
    c = chan_make(int, 1);
    chan_send(c, 1);
    together(closer, receiver);
    chan_free(c);
    return 0;
}
