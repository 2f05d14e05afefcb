// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001
#include "../live.h"

static goro_mutex mu;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    stage_done();
    chan_send(c, 1); // at: GL001
    goro_mutex_unlock(&mu);
}

static void two(void) {
    stage_await(1);
    goro_mutex_lock(&mu); // at: GL001
    chan_recv(c);
    goro_mutex_unlock(&mu);
}

int main(void) {
    c = chan_make(int, 0);
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
