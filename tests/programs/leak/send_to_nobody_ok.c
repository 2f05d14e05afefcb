// The receiver gave up after a timeout; the channel has room for the late answer.
// expect: none
#include "../live.h"

static void answer(chan(int) c) {
    goro_sleep(5 * GORO_MILLISECOND);
    chan_send(c, 42);
}

int main(void) {
    int v = 0;
    chan(int) c = chan_make(int, 1);
    live_start();
    go(answer, c);
    chan_select {
        chan_case_recv(c, v) use(v);
        chan_case_timeout(GORO_MILLISECOND) {}
    }
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
