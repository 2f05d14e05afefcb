// A ticker: what came before its start is before every tick.
// expect: none
#include "../stage.h"

static int x;
static goro_ticker ticker;

static void listener(void) {
    for (int i = 0; i < 3; i++) {
        chan_recv(goro_ticker_chan(&ticker));
        use(x);
    }
}

int main(void) {
    goro_wg wg = {0};
    x = 1;
    goro_ticker_start(&ticker, GORO_MILLISECOND);
    goro_wg_go(&wg, listener);
    goro_wg_wait(&wg);
    goro_ticker_stop(&ticker);
    return 0;
}
