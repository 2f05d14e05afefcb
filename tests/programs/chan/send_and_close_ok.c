// The closer waits for all senders: the usual way.
// expect: none
#include "../stage.h"

static chan(int) c;

static void sender(int n) {
    for (int i = 0; i < n; i++) chan_send(c, i);
}

static void closer(goro_wg *senders) {
    goro_wg_wait(senders);
    chan_close(c);
}

int main(void) {
    goro_wg senders = {0};
    c = chan_make(int, 2);
    for (int i = 0; i < 5; i++) goro_wg_go(&senders, sender, 10);
    go(closer, &senders);
    int v, sum = 0;
    chan_range(v, c) sum += v;
    chan_free(c);
    return sum != 5 * 45;
}
