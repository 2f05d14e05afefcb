// The last philosopher takes the right fork first.
// expect: none
#include "../live.h"

enum { N = 5 };
static goro_rwmutex forks[N];

static void philosopher(goro_wg *wg, int i) {
    int left = i, right = (i + 1) % N;
    goro_rwmutex *one = &forks[left < right ? left : right], *other = &forks[left < right ? right : left];
    for (int meal = 0; meal < 10; meal++) {
        goro_rwmutex_lock(one);
        goro_yield();
        goro_rwmutex_lock(other);
        goro_rwmutex_unlock(other);
        goro_rwmutex_unlock(one);
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, N);
    for (int i = 0; i < N; i++) go(philosopher, &wg, i);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
