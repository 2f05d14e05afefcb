// Whoever asked has stopped waiting for the answer: a select took its other case.
// expect: GL001
#include "../live.h"

static void answer(chan(int) c) {
    stage_done();
    chan_send(c, 42); // at: GL001
}

int main(void) {
    int v = 0;
    chan(int) c = chan_make(int, 0), enough = chan_make(int, 0);
    live_start();
    chan_close(enough);
    chan_select { // at: GL001
        chan_case_recv(c, v) use(v);
        chan_case_recv(enough, v) use(v);
    }
    go(answer, c);
    stage_await(1);
    goro_sleep(20 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
