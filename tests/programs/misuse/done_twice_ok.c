// One way out, and one Done.
// expect: none
#include "../live.h"

static goro_wg wg;

static void worker(bool failed) {
    if (failed) goto out;
    stage_done();
out:
    goro_wg_done(&wg);
}

int main(void) {
    live_start();
    goro_wg_add(&wg, 2);
    go(worker, true);
    go(worker, false);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
