// Channels sent over channels; who gets one owns one end.
// expect: none
#include "../stage.h"

typedef chan(int) int_channel;
static chan(int_channel) subscribe;

static void publisher(void) {
    int_channel subscriber[4];
    for (int i = 0; i < 4; i++) subscriber[i] = chan_recv(subscribe);
    for (int v = 0; v < 10; v++)
        for (int i = 0; i < 4; i++) chan_send(subscriber[i], v);
    for (int i = 0; i < 4; i++) chan_close(subscriber[i]);
}

static void listener(void) {
    int_channel mine = chan_make(int, 2);
    int v, sum = 0;
    chan_send(subscribe, mine);
    chan_range(v, mine) sum += v;
    chan_free(mine);
    if (sum != 45) goro_panic("sum is %d", sum);
}

int main(void) {
    goro_wg wg = {0};
    subscribe = chan_make(int_channel, 0);
    goro_wg_go(&wg, publisher);
    for (int i = 0; i < 4; i++) goro_wg_go(&wg, listener);
    goro_wg_wait(&wg);
    chan_free(subscribe);
    return 0;
}
