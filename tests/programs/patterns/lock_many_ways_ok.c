// Long waits for locks, a lock given up by another, and readers in crowds: all of it ends.
// expect: none
// env: GORO_RACE_OPTIONS=parallel=1
// mode: race
#include "../live.h"

enum { N = 8 };
static goro_mutex a, b;
static goro_rwmutex rw;
static int x;

static void visitor(goro_wg *wg, int i) {
    for (int k = 0; k < 20; k++) {
        goro_mutex_lock(&a);
        goro_rwmutex_rlock(&rw);
        goro_yield();
        goro_mutex_lock(&b);
        x += i;
        goro_mutex_unlock(&b);
        goro_rwmutex_runlock(&rw);
        goro_mutex_unlock(&a);
        goro_rwmutex_lock(&rw);
        goro_rwmutex_unlock(&rw);
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_mutex_lock(&a);
    goro_wg_add(&wg, N);
    for (int i = 0; i < N; i++) go(visitor, &wg, i);
    goro_sleep(20 * GORO_MILLISECOND);
    goro_mutex_unlock(&a);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
