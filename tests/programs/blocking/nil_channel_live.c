// A goroutine receives from a channel that was never made, while a ticker ticks and somebody waits for a pipe.
// expect: GC003
#include "../live.h"

static chan(int) results;

static void collect(void) {
    stage_done();
    chan_recv(results); // at: GC003
}

int main(void) {
    live_start();
    go(collect);
    stage_await(1);
    goro_sleep(5 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
