// A WaitGroup is given to the worker by value: the original is never done.
// expect: GM003
#include "../live.h"

static goro_wg wg, copy;

static void worker(void) { goro_wg_done(&copy); } // at: GM003

int main(void) {
    live_start();
    goro_wg_add(&wg, 1);
    copy = wg;
    go(worker);
    goro_sleep(10 * GORO_MILLISECOND);
    goro_wg_done(&wg);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
