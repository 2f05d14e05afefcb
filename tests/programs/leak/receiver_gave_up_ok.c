// The channel has room for the answer that nobody waits for any more.
// expect: none
#include "../live.h"

static void answer(chan(int) c) {
    chan_send(c, 42);
    stage_done();
}

int main(void) {
    int v = 0;
    chan(int) c = chan_make(int, 1), enough = chan_make(int, 0);
    live_start();
    chan_close(enough);
    chan_select {
        chan_case_recv(c, v) use(v);
        chan_case_recv(enough, v) use(v);
    }
    go(answer, c);
    stage_await(1);
    live_stop();
    return 0;
}
