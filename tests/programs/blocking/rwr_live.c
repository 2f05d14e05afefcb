// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GM002
#include "../live.h"

static goro_rwmutex rw;

static void one(void) {
    goro_rwmutex_rlock(&rw);
    stage_done();
    stage_pause();
    goro_rwmutex_rlock(&rw); // at: GM002
}

static void two(void) {
    stage_await(1);
    goro_rwmutex_lock(&rw);
}

int main(void) {
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
