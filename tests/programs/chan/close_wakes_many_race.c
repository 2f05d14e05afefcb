// Those whom one close woke are not ordered with each other.
// expect: GR001
#include "../stage.h"

static int x;
static chan(goro_empty) start;

static void runner(void) {
    chan_recv(start);
    x++; // race: both
}

int main(void) {
    goro_wg wg = {0};
    start = chan_make(goro_empty, 0);
    goro_wg_go(&wg, runner);
    goro_wg_go(&wg, runner);
    stage_pause();
    chan_close(start);
    goro_wg_wait(&wg);
    chan_free(start);
    return 0;
}
