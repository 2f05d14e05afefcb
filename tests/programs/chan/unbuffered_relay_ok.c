// Order passes along a chain of goroutines and channels.
// expect: none
#include "../stage.h"

static int x;

static void relay(chan_rx(int) in, chan_tx(int) out) {
    int v = chan_recv(in);
    use(x);
    chan_send(out, v + 1);
}

int main(void) {
    enum { N = 10 };
    chan(int) c[N + 1];
    for (int i = 0; i <= N; i++) c[i] = chan_make(int, 0);
    for (int i = 0; i < N; i++) go(relay, chan_as_rx(c[i]), chan_as_tx(c[i + 1]));
    x = 1;
    chan_send(c[0], 0);
    int last = chan_recv(c[N]);
    x = 2;
    for (int i = 0; i <= N; i++) chan_free(c[i]);
    return last != N;
}
