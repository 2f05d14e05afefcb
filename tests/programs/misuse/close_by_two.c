// Two goroutines close one channel.
// expect: GC002*1
// exit: 2
// stderr-has: panic: close of closed channel
#include "../live.h"

static chan(int) quit;

static void stop(void) { chan_close(quit); } // at: GC002

int main(void) {
    live_start();
    quit = chan_make(int, 0);
    together(stop, stop);
    live_stop();
    return 0;
}
