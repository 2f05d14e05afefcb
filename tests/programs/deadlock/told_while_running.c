// The cycle is told while the program runs: it ends in a way that lets nobody look again.
// expect: GD002
#include "../live.h"

static goro_mutex a, b;

static void take_both(goro_mutex *one, goro_mutex *other) {
    goro_mutex_lock(one);
    stage_done();
    stage_await(2);
    goro_mutex_lock(other); // at: GD002
}

int main(void) {
    go(take_both, &a, &b);
    go(take_both, &b, &a);
    until_told("GD002", 1) goro_sleep(GORO_SECOND / 2);
    _exit(0);
}
