// What comes after the start is not published by the expiry, however long it took.
// expect: GR001
#include "../stage.h"

static int x;
static goro_timer timer;

static void starter(void) {
    goro_timer_start(&timer, 5 * GORO_MILLISECOND);
    x = 1; // race: first
    stage_done();
}

static void receiver(void) {
    stage_await(1);
    chan_recv(goro_timer_chan(&timer));
    use(x); // race: second
}

int main(void) {
    together(starter, receiver);
    return 0;
}
