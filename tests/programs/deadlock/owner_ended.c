// A goroutine has ended with the lock held; another waits for it until main returns.
// expect: GD002
#include "../live.h"

static goro_mutex mu;

static void forgetful(void) {
    goro_mutex_lock(&mu); // at: GD002
    stage_done();
}

static void patient(void) {
    stage_await(1);
    goro_mutex_lock(&mu); // at: GD002
}

int main(void) {
    live_start();
    go(forgetful);
    go(patient);
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
