// Two goroutines lock two mutexes in opposite orders while a ticker ticks and somebody waits for a pipe.
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
    live_start();
    go(take_both, &a, &b);
    go(take_both, &b, &a);
    stage_await(2);
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
