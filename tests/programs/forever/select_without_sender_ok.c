// The repaired twin of select_without_sender.c: one of the two is served, after a long wait.
// expect: none
#include "../live.h"

static void receiver(chan(int) a, chan(int) b, goro_wg *wg) {
    int v = 0;
    chan_select {
        chan_case_recv(a, v) use(v);
        chan_case_recv(b, v) use(v);
    }
    goro_wg_done(wg);
}

static void sender(chan(int) b) {
    goro_sleep(GORO_SECOND / 5);
    chan_send(b, 1);
}

int main(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 1);
    go(receiver, a, b, &wg);
    go(sender, b);
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
