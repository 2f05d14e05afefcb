// A goroutine reads twice, and between the two a writer has queued: the second read waits behind it.
// expect: GM002
#include "../live.h"

static goro_rwmutex rw;

static void reader(void) {
    goro_rwmutex_rlock(&rw);
    stage_done();
    goro_sleep(20 * GORO_MILLISECOND);
    goro_rwmutex_rlock(&rw); // at: GM002
}

static void writer(void) {
    stage_await(1);
    goro_rwmutex_lock(&rw);
}

int main(void) {
    live_start();
    go(reader);
    go(writer);
    goro_sleep(60 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
