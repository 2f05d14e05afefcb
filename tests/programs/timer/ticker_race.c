// A ticker orders its listeners neither with each other nor with other goroutines.
// expect: GR001
#include "../stage.h"

static int x;
static goro_ticker ticker;

static void writer(void) {
    x = 1; // race: first
    stage_done();
}

static void listener(void) {
    stage_await(1);
    for (int i = 0; i < 2; i++) chan_recv(goro_ticker_chan(&ticker));
    use(x); // race: second
}

int main(void) {
    goro_ticker_start(&ticker, GORO_MILLISECOND);
    together(writer, listener);
    goro_ticker_stop(&ticker);
    return 0;
}
