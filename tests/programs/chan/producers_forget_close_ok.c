// The channel is closed when both producers are done.
// expect: none
#include "../stage.h"

static void producer(chan(int) c, goro_wg *wg) {
    for (int i = 0; i < 3; i++) chan_send(c, i);
    goro_wg_done(wg);
}

static void closer(chan(int) c, goro_wg *wg) {
    goro_wg_wait(wg);
    chan_close(c);
}

int main(void) {
    chan(int) c = chan_make(int, 2);
    goro_wg wg = {0};
    int v;
    goro_wg_add(&wg, 2);
    go(producer, c, &wg);
    go(producer, c, &wg);
    go(closer, c, &wg);
    chan_range(v, c) use(v);
    chan_free(c);
    return 0;
}
