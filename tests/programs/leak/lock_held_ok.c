// main unlocks, and waits for the other.
// expect: none
#include "../live.h"

static goro_mutex mu;

static void patient(goro_wg *wg) {
    stage_done();
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_mutex_lock(&mu);
    goro_wg_add(&wg, 1);
    go(patient, &wg);
    stage_await(1);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
