// A reader asks for the write lock while it reads.
// expect: GM002
#include "../live.h"

static goro_rwmutex rw;

static void upgrader(void) {
    goro_rwmutex_rlock(&rw);
    stage_done();
    goro_rwmutex_lock(&rw); // at: GM002
}

int main(void) {
    live_start();
    go(upgrader);
    stage_await(1);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
