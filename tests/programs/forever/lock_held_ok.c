// The repaired twin of lock_held.c: what the holder waits for comes, late.
// expect: none
#include "../live.h"

static goro_mutex mu;

static void holder(chan(int) c) {
    goro_mutex_lock(&mu);
    stage_done();
    use(chan_recv(c));
    goro_mutex_unlock(&mu);
}

static void other(goro_wg *wg) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

int main(void) {
    chan(int) c = chan_make(int, 0);
    goro_wg wg = {0};
    live_start();
    go(holder, c);
    stage_await(1);
    goro_wg_add(&wg, 1);
    go(other, &wg);
    goro_sleep(GORO_SECOND / 5);
    chan_send(c, 1);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
