// What comes after the reset is not published.
// expect: GR001
#include "../stage.h"

static int x;
static goro_timer timer;

static void resetter(void) {
    goro_timer_reset(&timer, 5 * GORO_MILLISECOND);
    x = 1; // race: first
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(goro_timer_chan(&timer));
    use(x); // race: second
}

int main(void) {
    goro_timer_start(&timer, GORO_HOUR);
    together(resetter, receiver);
    return 0;
}
