// A future: a channel of capacity 1 whose value is put back for the next who asks.
// expect: none
#include "../stage.h"

static chan(int) future;

static void compute(void) { chan_send(future, 42); }

static void ask(void) {
    int v = chan_recv(future);
    chan_send(future, v);
    if (v != 42) goro_panic("v is %d", v);
}

int main(void) {
    goro_wg wg = {0};
    future = chan_make(int, 1);
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, ask);
    goro_wg_go(&wg, compute);
    goro_wg_wait(&wg);
    chan_free(future);
    return 0;
}
