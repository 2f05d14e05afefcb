// A WaitGroup that counts nothing may be copied like any fresh one.
// expect: none
#include "../live.h"

static goro_wg wg, copy;

static void worker(void) { goro_wg_done(&copy); }

int main(void) {
    live_start();
    goro_wg_add(&wg, 1);
    goro_wg_done(&wg);
    goro_wg_wait(&wg);
    copy = wg;
    goro_wg_add(&copy, 1);
    go(worker);
    goro_wg_wait(&copy);
    live_stop();
    return 0;
}
