// Two goroutines may want to close: once is enough.
// expect: none
#include "../live.h"

static chan(int) quit;
static goro_once once;

static void close_quit(void) { chan_close(quit); }
static void stop(void) { goro_once_do(&once, close_quit); }

int main(void) {
    live_start();
    quit = chan_make(int, 0);
    together(stop, stop);
    live_stop();
    chan_free(quit);
    return 0;
}
