// The sender looks whether it is closed, and sends; in between it is closed. The consumer closes once it has two.
// prediction: confirmed
#include <goro.h>
#include <stdatomic.h>
static chan(int) c;
static atomic_bool closed;
static void produce(goro_wg *wg) {
    for (int i = 0; i < 5 && !atomic_load(&closed); i++) chan_send(c, i);
    goro_wg_done(wg);
}
static void consume(goro_wg *wg) {
    chan_recv(c);
    chan_recv(c);
    atomic_store(&closed, true);
    chan_close(c);
    goro_wg_done(wg);
}
int main(void) {
    goro_wg wg = {0};
    c = chan_make(int, 5);
    goro_wg_add(&wg, 2);
    go(produce, &wg);
    go(consume, &wg);
    goro_wg_wait(&wg);
    chan_free(c);
    return 0;
}
