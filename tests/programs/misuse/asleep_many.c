// Five in a ring, each waiting for its neighbour.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static void link_up(chan(int) in, chan(int) out) { chan_send(out, chan_recv(in) + 1); }

int main(void) {
    enum { N = 5 };
    chan(int) c[N];
    for (int i = 0; i < N; i++) c[i] = chan_make(int, 0);
    for (int i = 0; i < N - 1; i++) go(link_up, c[i], c[i + 1]);
    return chan_recv(c[N - 1]);
}
