// Whoever sends knows that it is open.
// prediction: none
#include <goro.h>
static chan(int) c;
static goro_mutex mu;
static bool closed;
static void sender(goro_wg *wg) {
    goro_mutex_lock(&mu);
    if (!closed) chan_send(c, 1);
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}
static void closer(goro_wg *wg) {
    goro_mutex_lock(&mu);
    closed = true;
    chan_close(c);
    goro_mutex_unlock(&mu);
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
