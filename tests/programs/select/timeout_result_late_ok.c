// The usual pattern: a result that comes too late goes into a buffer of one and is dropped; nobody blocks for ever.
// expect: none
#include "../stage.h"

static void worker(chan_tx(int) result, chan_rx(goro_empty) go_on) {
    chan_recv(go_on);
    chan_send(result, 42);
}

int main(void) {
    chan(int) result = chan_make(int, 1);
    chan(goro_empty) go_on = chan_make(goro_empty, 0);
    go(worker, chan_as_tx(result), chan_as_rx(go_on));
    int v = 0, late = 0;
    chan_select {
        chan_case_recv(result, v) { return 1; }
        chan_case_timeout(2 * GORO_MILLISECOND) { late = 1; }
    }
    chan_send(go_on, (goro_empty){});
    v = chan_recv(result);
    chan_free(result);
    chan_free(go_on);
    return !(late && v == 42);
}
