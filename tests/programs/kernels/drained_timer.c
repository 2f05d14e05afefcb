// A timer that has rung, and was heard, is stopped before it is set again, and drained as old books teach: nothing will come.
// expect: GD003*1
#include "../live.h"

static void restart(goro_timer *t) {
    use(chan_recv(goro_timer_chan(t)));
    if (!goro_timer_stop(t)) use(chan_recv(goro_timer_chan(t))); // at: GD003
    goro_timer_start(t, GORO_MILLISECOND);
}

static __attribute__((noinline)) void start(void) {
    goro_timer *t = calloc(1, sizeof *t);
    if (!t) abort();
    goro_timer_start(t, GORO_MILLISECOND);
    go(restart, t);
}

int main(void) {
    live_start();
    start();
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
