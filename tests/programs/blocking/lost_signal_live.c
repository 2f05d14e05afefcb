// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001
#include "../live.h"

static goro_mutex mu;
static goro_cond ready;

static void one(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    goro_cond_wait(&ready); // at: GL001
    goro_mutex_unlock(&mu);
}

static void two(void) {
    goro_cond_signal(&ready);
    stage_done();
}

int main(void) {
    goro_cond_init(&ready, &mu);
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
