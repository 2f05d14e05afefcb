// Wait sees zero first, and the Add comes later: only luck.
// expect: GW003
#include "../stage.h"

static goro_wg wg;

static void worker(void) {
    stage_await(1);
    goro_wg_add(&wg, 1); // at: GW003
    goro_wg_done(&wg);
    stage_done();
}

int main(void) {
    go(worker);
    goro_wg_wait(&wg); // at: GW003
    stage_done();
    stage_await(2);
    return 0;
}
