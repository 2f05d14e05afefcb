// Add before the go statement.
// expect: none
#include "../live.h"

static goro_wg wg;

static void worker(void) { goro_wg_done(&wg); }

int main(void) {
    live_start();
    goro_wg_add(&wg, 1);
    go(worker);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
