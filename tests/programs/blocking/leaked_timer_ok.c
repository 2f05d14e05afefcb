// Both are stopped on the way out.
// expect: none
#include "../live.h"

static goro_timer late;
static goro_ticker often;

static void gives_up(void) {
    goro_timer_start(&late, GORO_HOUR);
    goro_timer_stop(&late);
}
static void stops_hearing(void) {
    goro_ticker_start(&often, GORO_MILLISECOND);
    chan_recv(goro_ticker_chan(&often));
    goro_ticker_stop(&often);
}

int main(void) {
    live_start();
    together(gives_up, stops_hearing);
    live_stop();
    return 0;
}
