// A nil channel is never chosen: a merge sets each input to nil when it is drained.
// expect: none
#include "../stage.h"

static void produce(chan_tx(int) c, int n) {
    for (int i = 1; i <= n; i++) chan_send(c, i);
    chan_close(c);
}

int main(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 2);
    chan(int) from_a = a, from_b = b;
    int v, sum = 0;
    bool ok;
    go(produce, chan_as_tx(a), 10);
    go(produce, chan_as_tx(b), 20);
    while (from_a || from_b) {
        chan_select {
            chan_case_recv_ok(from_a, v, ok) {
                if (ok) sum += v;
                else from_a = NULL;
            }
            chan_case_recv_ok(from_b, v, ok) {
                if (ok) sum += v;
                else from_b = NULL;
            }
        }
    }
    chan_free(a);
    chan_free(b);
    return sum != 55 + 210;
}
