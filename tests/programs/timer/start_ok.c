// What was done before a timer's start is before the receive of its expiry, by whomever.
// expect: none
#include "../stage.h"

static int x;
static goro_timer timer;

static void starter(void) {
    x = 1;
    goro_timer_start(&timer, GORO_MILLISECOND);
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(goro_timer_chan(&timer));
    use(x);
}

int main(void) {
    together(starter, receiver);
    return 0;
}
