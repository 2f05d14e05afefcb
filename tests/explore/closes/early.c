// Nothing orders the send and the close; a plain run has the send first.
// prediction: confirmed
#include <goro.h>
static chan(int) c;
static void sender(goro_wg *wg) {
    chan_send(c, 1);
    goro_wg_done(wg);
}
static void closer(goro_wg *wg) {
    chan_close(c);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    c = chan_make(int, 1);
    goro_wg_add(&wg, 2);
    go(sender, &wg);
    go(closer, &wg);
    goro_wg_wait(&wg);
    chan_free(c);
    return 0;
}
