// Three locks in three orders, but only ever two goroutines at a time: the first is waited for.
// expect: none
#include "../live.h"

static goro_mutex a, c;
static goro_rwmutex b;

static void ab(goro_wg *wg) {
    goro_mutex_lock(&a);
    goro_rwmutex_lock(&b);
    goro_rwmutex_unlock(&b);
    goro_mutex_unlock(&a);
    goro_wg_done(wg);
}

static void bc(void) {
    goro_rwmutex_rlock(&b);
    goro_mutex_lock(&c);
    goro_mutex_unlock(&c);
    goro_rwmutex_runlock(&b);
}

static void ca(void) {
    goro_mutex_lock(&c);
    goro_mutex_lock(&a);
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&c);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 1);
    go(ab, &wg);
    goro_wg_wait(&wg);
    together(bc, ca);
    live_stop();
    return 0;
}
