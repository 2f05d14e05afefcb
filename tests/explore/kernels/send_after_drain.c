// The producer looks whether it is to stop, and sends; in between the consumer stops it, takes what is there, and leaves.
// finds: GD001
#include <goro.h>
#include <stdatomic.h>

static atomic_bool stop;
static chan(int) items;

static void produce(goro_wg *wg) {
    for (int i = 0; i < 3 && !atomic_load(&stop); i++) chan_send(items, i);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    int v;
    items = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(produce, &wg);
    chan_recv(items);
    atomic_store(&stop, true);
    while (chan_try_recv(items, &v)) continue;
    goro_wg_wait(&wg);
    chan_free(items);
    return 0;
}
