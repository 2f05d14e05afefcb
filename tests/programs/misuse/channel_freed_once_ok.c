// The end that drains a channel frees it; the other one keeps a copy of the pointer, and does not use it.
// expect: none
#include "../live.h"

static void consumer(chan(int) c, goro_wg *wg) {
    int v;
    chan_range(v, c) use(v);
    chan_free(c);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    for (int i = 0; i < 2000; i++) { /* more than are kept */
        chan(int) c = chan_make(int, 1);
        goro_wg_add(&wg, 1);
        go(consumer, c, &wg);
        chan_send(c, 1);
        chan_close(c);
        if (i % 10 == 0) goro_wg_wait(&wg);
    }
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
