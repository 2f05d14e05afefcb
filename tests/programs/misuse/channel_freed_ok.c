// The channel is freed when its users have been waited for, and by the last one who uses it.
// expect: none
#include "../live.h"

static chan(int) c;

static void consumer(goro_wg *wg) {
    int v;
    use((long)chan_len(c));
    chan_recv_ok(c, &v);
    goro_wg_done(wg);
}

static void last(chan(int) own) {
    int v;
    chan_range(v, own) use(v);
    chan_free(own);
    stage_done();
}

int main(void) {
    goro_wg wg = {0};
    chan(int) own = chan_make(int, 0);
    live_start();
    c = chan_make(int, 1);
    goro_wg_add(&wg, 1);
    go(consumer, &wg);
    go(last, own);
    chan_send(own, 1);
    chan_close(own);
    chan_send(c, 1);
    chan_close(c);
    goro_wg_wait(&wg);
    chan_free(c);
    stage_await(1);
    live_stop();
    return 0;
}
