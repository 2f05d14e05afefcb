// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001
#include "../live.h"

static chan(int) c, never;

static void one(void) {
    int v = 0;
    chan_select { // at: GL001
        chan_case_send(c, 1) {}
        chan_case_recv(never, v) use(v);
    }
}

static void two(void) {
    chan_select { // at: GL001
        chan_case_send(c, 2) {}
    }
}

int main(void) {
    c = chan_make(int, 0);
    live_start();
    go(one);
    go(two);
    goro_sleep(10 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
