// The same while a ticker ticks and somebody waits for a pipe: nobody is missed before main returns.
// expect: GL001
#include "../live.h"

static chan(int) c;

static void one(void) {
    int v;
    chan_range(v, c) use(v); // at: GL001
}

static void two(void) {
    for (int i = 0; i < 3; i++) chan_send(c, i);
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
