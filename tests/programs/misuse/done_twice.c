// An error path counts down, and so does the way out.
// expect: GW002
// exit: 2
// stderr-has: panic: sync: negative WaitGroup counter
#include "../live.h"

static goro_wg wg;

static void worker(bool failed) {
    if (failed) goro_wg_done(&wg);
    goro_wg_done(&wg); // at: GW002
}

int main(void) {
    live_start();
    goro_wg_add(&wg, 1);
    go(worker, true);
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
