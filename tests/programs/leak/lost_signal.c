// A cond is signalled before anybody waits for it, and without a condition that says so.
// expect: GL001
#include "../live.h"

static goro_mutex mu;
static goro_cond c;

static void waiter(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    goro_cond_wait(&c); // at: GL001
    goro_mutex_unlock(&mu);
}

int main(void) {
    goro_cond_init(&c, &mu);
    live_start();
    go(waiter);
    goro_cond_signal(&c);
    stage_done();
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
