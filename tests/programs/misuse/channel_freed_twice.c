// Both ends of a channel free it: the second one is told so, and no fault comes of it.
// expect: GC004
// mode: race
// race-exit: any
#include "../live.h"

static void consumer(chan(int) c, goro_wg *wg) {
    int v;
    chan_range(v, c) use(v);
    goro_wg_wait(wg);
    chan_free(c);
}

int main(void) {
    goro_wg wg = {0};
    chan(int) c = chan_make(int, 1);
    live_start();
    goro_wg_add(&wg, 1);
    go(consumer, c, &wg);
    chan_send(c, 1);
    chan_close(c);
    chan_free(c);
    goro_wg_done(&wg);
    stage_pause();
    live_stop();
    return 0;
}
