// goro_select: the case whose index it returns orders.
// expect: none
#include "../stage.h"

enum { N = 8 };
static int x[N];

static void sender(chan_tx(int) c, int i) {
    x[i] = i;
    chan_send(c, i);
}

int main(void) {
    chan(int) c[N];
    goro_select_case cases[N];
    int got[N], left = N;
    for (int i = 0; i < N; i++) {
        c[i] = chan_make(int, i % 2);
        cases[i] = (goro_select_case){.op = GORO_RECV, .chan = goro_chan_ptr(c[i]), .value = &got[i]};
        go(sender, chan_as_tx(c[i]), i);
    }
    while (left--) {
        int i = goro_select(cases, N, false);
        if (i < 0 || i >= N || !cases[i].ok || got[i] != i) return 1;
        use(x[i]);
    }
    for (int i = 0; i < N; i++) chan_free(c[i]);
    return 0;
}
