// A goroutine ends with the lock held, as was agreed: main unlocks it for the one that waits.
// expect: none
#include "../live.h"

static goro_mutex mu;

static void locker(void) {
    goro_mutex_lock(&mu);
    stage_done();
}

static void patient(goro_wg *wg) {
    stage_await(1);
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 1);
    go(locker);
    go(patient, &wg);
    goro_sleep(20 * GORO_MILLISECOND);
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
