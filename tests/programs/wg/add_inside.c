// The classic: Add inside the goroutine that it counts. Found whether Wait has seen zero or not.
// expect: GW003
#include "../live.h"

static goro_wg wg;

static void worker(void) {
    goro_wg_add(&wg, 1); // at: GW003
    goro_wg_done(&wg);
}

int main(void) {
    live_start();
    go(worker);
    goro_wg_wait(&wg); // at: GW003
    goro_sleep(5 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
