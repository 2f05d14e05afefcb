// A reset publishes as a start does.
// expect: none
#include "../stage.h"

static int x;
static goro_timer timer;

static void resetter(void) {
    x = 1;
    goro_timer_reset(&timer, GORO_MILLISECOND);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(goro_timer_chan(&timer));
    use(x);
}

int main(void) {
    goro_timer_start(&timer, GORO_HOUR);
    together(resetter, receiver);
    return 0;
}
