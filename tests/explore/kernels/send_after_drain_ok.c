// The repaired twin: the producer closes the channel when it has seen that it is to stop, and the consumer drains until then.
// finds: none
#include <goro.h>
#include <stdatomic.h>

static atomic_bool stop;
static chan(int) items;

static void produce(goro_wg *wg) {
    for (int i = 0; i < 3 && !atomic_load(&stop); i++) chan_send(items, i);
    chan_close(items);
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
    chan_range(v, items) {}
    goro_wg_wait(&wg);
    chan_free(items);
    return 0;
}
