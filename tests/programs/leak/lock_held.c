// main returns with the lock that another waits for: the finding says where it was taken.
// expect: GL001*1
#include "../live.h"

static goro_mutex mu;

static void patient(void) {
    stage_done();
    goro_mutex_lock(&mu); // at: GL001
}

int main(void) {
    live_start();
    goro_mutex_lock(&mu); // at: GL001
    go(patient);
    stage_await(1);
    goro_sleep(5 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
