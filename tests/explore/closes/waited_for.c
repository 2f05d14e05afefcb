// The close waits for the send by what orders nothing: no schedule has it first.
// prediction: predicted
#include <goro.h>
#include <stdatomic.h>
static chan(int) c;
static atomic_bool sent;
static void sender(goro_wg *wg) {
    chan_send(c, 1);
    atomic_store_explicit(&sent, true, memory_order_relaxed);
    goro_wg_done(wg);
}
static void closer(goro_wg *wg) {
    while (!atomic_load_explicit(&sent, memory_order_relaxed)) goro_yield();
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
