// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001
#include "../live.h"

static goro_mutex mu;
static goro_cond ready;
static bool is_ready;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    while (!is_ready) goro_cond_wait(&ready); // at: GL001
    goro_mutex_unlock(&mu);
    chan_send(c, 1);
}

static void two(void) {
    chan_recv(c); // at: GL001
    goro_mutex_lock(&mu);
    is_ready = true;
    goro_cond_signal(&ready);
    goro_mutex_unlock(&mu);
}

int main(void) {
    c = chan_make(int, 0);
    goro_cond_init(&ready, &mu);
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
