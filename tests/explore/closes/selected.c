// A send that is a case of a select, and a close at about the same time.
// prediction: confirmed
#include <goro.h>
static chan(int) c;
static chan(int) stop;
static void sender(goro_wg *wg) {
    int v;
    goro_sleep(GORO_SECOND);
    chan_select {
        chan_case_send(c, 1) {}
        chan_case_recv(stop, v) {}
    }
    goro_wg_done(wg);
}
static void closer(goro_wg *wg) {
    goro_sleep(GORO_SECOND);
    chan_close(c);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    c = chan_make(int, 1);
    stop = chan_make(int, 0);
    goro_wg_add(&wg, 2);
    go(sender, &wg);
    go(closer, &wg);
    goro_wg_wait(&wg);
    chan_free(c);
    chan_free(stop);
    return 0;
}
