// A function locks what its caller has locked.
// expect: GM002
#include "../live.h"

static goro_mutex mu;

static void inner(void) {
    goro_mutex_lock(&mu); // at: GM002
    goro_mutex_unlock(&mu);
}

static void outer(void) {
    goro_mutex_lock(&mu);
    stage_done();
    inner();
    goro_mutex_unlock(&mu);
}

int main(void) {
    live_start();
    go(outer);
    stage_await(1);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
