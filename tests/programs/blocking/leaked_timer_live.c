// A timer that is not stopped when its goroutine gives up, and a ticker that nobody hears any more.
// expect: GX001*2
#include "../live.h"

static goro_timer late;
static goro_ticker often;

static void gives_up(void) {
    goro_timer_start(&late, GORO_HOUR); // at: GX001
    stage_done();
}
static void stops_hearing(void) {
    goro_ticker_start(&often, GORO_MILLISECOND); // at: GX001
    chan_recv(goro_ticker_chan(&often));
}

int main(void) {
    live_start();
    together(gives_up, stops_hearing);
    live_stop();
    return 0;
}
