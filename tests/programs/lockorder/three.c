// Three goroutines, three locks, each in its own order: only all three together can meet in a circle.
// expect: GD004*1
// race-exit: 0
#include "../live.h"

static goro_mutex a, c;
static goro_rwmutex b;

static void ab(void) {
    goro_mutex_lock(&a);
    goro_rwmutex_lock(&b); // at: GD004
    goro_rwmutex_unlock(&b);
    goro_mutex_unlock(&a);
    stage_done();
}

static void bc(void) {
    stage_await(1);
    goro_rwmutex_rlock(&b);
    goro_mutex_lock(&c); // at: GD004
    goro_mutex_unlock(&c);
    goro_rwmutex_runlock(&b);
    stage_done();
}

static void ca(void) {
    stage_await(2);
    goro_mutex_lock(&c);
    goro_mutex_lock(&a); // at: GD004
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&c);
}

int main(void) {
    live_start();
    together3(ab, bc, ca);
    live_stop();
    return 0;
}
