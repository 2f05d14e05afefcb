// A ticker that is stopped, a timer that is, and one that has rung.
// expect: none
#include <goro.h>

int main(void) {
    static goro_ticker ticker;
    static goro_timer timer, rung;
    goro_ticker_start(&ticker, GORO_MILLISECOND);
    goro_timer_start(&timer, GORO_HOUR);
    goro_timer_start(&rung, GORO_MILLISECOND);
    chan_recv(goro_ticker_chan(&ticker));
    chan_recv(goro_timer_chan(&rung));
    goro_ticker_stop(&ticker);
    goro_timer_stop(&timer);
    return 0;
}
