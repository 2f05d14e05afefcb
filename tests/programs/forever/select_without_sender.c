// A select waits for two channels; whoever could send on either has ended. A ticker and a pipe keep the program alive.
// expect: GD003*1
#include "../live.h"

static void receiver(chan(int) a, chan(int) b) {
    int v = 0;
    chan_select { // at: GD003
        chan_case_recv(a, v) use(v);
        chan_case_recv(b, v) use(v);
    }
}

static void sender(chan(int) a, chan(int) b) {
    use(chan_len(a) + chan_len(b)); // forgets to send
    stage_done();
}

static __attribute__((noinline)) void start(void) {
    chan(int) a = chan_make(int, 0), b = chan_make(int, 0);
    go(receiver, a, b);
    go(sender, a, b);
}

int main(void) {
    live_start();
    start();
    stage_await(1);
    until_told("GD003", 1) goro_sleep(GORO_SECOND / 2);
    live_stop();
    return 0;
}
