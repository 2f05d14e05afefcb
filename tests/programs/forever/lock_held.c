// A goroutine waits for ever, and holds a lock that another wants: one mistake, one finding, of the first.
// expect: GD003*1
#include "../live.h"

static goro_mutex mu;

static void holder(chan(int) c) {
    goro_mutex_lock(&mu);
    stage_done();
    use(chan_recv(c)); // at: GD003
    goro_mutex_unlock(&mu);
}

static void other(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
}

static __attribute__((noinline)) void start(void) { go(holder, chan_make(int, 0)); }

int main(void) {
    live_start();
    start();
    stage_await(1);
    go(other);
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
