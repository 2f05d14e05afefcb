// A pipeline of three stages, each closing the next.
// expect: none
#include "../stage.h"

static void generate(chan_tx(int) out, int n) {
    for (int i = 1; i <= n; i++) chan_send(out, i);
    chan_close(out);
}

static void square(chan_rx(int) in, chan_tx(int) out) {
    int v;
    chan_range(v, in) chan_send(out, v * v);
    chan_close(out);
}

int main(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 3);
    int v, sum = 0;
    go(generate, chan_as_tx(a), 20);
    go(square, chan_as_rx(a), chan_as_tx(b));
    chan_range(v, b) sum += v;
    chan_free(a);
    chan_free(b);
    return sum != 2870;
}
