// main frees the channel when it has closed it; the consumer still drains it.
// expect: GC004
// mode: race
// exit: any
// race-exit: any
#include "../live.h"

static chan(int) c;

static void consumer(goro_wg *wg) {
    int v;
    stage_await(1);
    chan_recv_ok(c, &v); // at: GC004
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    c = chan_make(int, 1);
    goro_wg_add(&wg, 1);
    go(consumer, &wg);
    chan_send(c, 1);
    chan_close(c);
    chan_free(c);
    stage_done();
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
