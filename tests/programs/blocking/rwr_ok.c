// The reader lets go in between.
// expect: none
#include "../live.h"

static goro_rwmutex rw;

static void one(void) {
    goro_rwmutex_rlock(&rw);
    stage_done();
    stage_pause();
    goro_rwmutex_runlock(&rw);
    goro_rwmutex_rlock(&rw);
    goro_rwmutex_runlock(&rw);
}

static void two(void) {
    stage_await(1);
    goro_rwmutex_lock(&rw);
    goro_rwmutex_unlock(&rw);
}

int main(void) {
    live_start();
    together(one, two);
    live_stop();
    return 0;
}
