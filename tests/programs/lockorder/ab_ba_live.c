// Opposite orders in turn, many times, while a ticker ticks and somebody waits for a pipe. One finding for all.
// expect: GD004*1
// race-exit: 0
#include "../live.h"

static goro_mutex a, b;

static void take_both(goro_mutex *one, goro_mutex *other, int turn, goro_wg *wg) {
    for (int i = 0; i < 50; i++) {
        stage_await(2 * i + turn);
        goro_mutex_lock(one);
        goro_mutex_lock(other); // at: GD004
        goro_mutex_unlock(other);
        goro_mutex_unlock(one);
        stage_done();
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 2);
    go(take_both, &a, &b, 0, &wg);
    go(take_both, &b, &a, 1, &wg);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
