// It is stopped, or reset, and that is all.
// expect: none
#include "../live.h"

static void restart(goro_timer *t) {
    use(chan_recv(goro_timer_chan(t)));
    if (!goro_timer_stop(t)) chan_try_recv(goro_timer_chan(t), &(int64_t){0});
    goro_timer_reset(t, GORO_MILLISECOND);
    use(chan_recv(goro_timer_chan(t)));
}

int main(void) {
    goro_timer t = {0};
    goro_wg wg = {0};
    live_start();
    goro_timer_start(&t, GORO_MILLISECOND);
    goro_wg_go(&wg, restart, &t);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
