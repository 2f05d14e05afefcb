// A ticker that goes on for ever, and a timer that is still to ring.
// expect: GX001*2
#include <goro.h>

int main(void) {
    static goro_ticker ticker;
    static goro_timer timer;
    goro_ticker_start(&ticker, GORO_MILLISECOND); // at: GX001
    goro_timer_start(&timer, GORO_HOUR);          // at: GX001
    chan_recv(goro_ticker_chan(&ticker));
    return 0;
}
