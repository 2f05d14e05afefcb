// The consumer has taken its value before the free, this time; nothing orders the two.
// expect: GC004
#include "../live.h"

static chan(int) c;

static void consumer(goro_wg *wg) {
    use((long)chan_len(c)); // at: GC004
    stage_done();
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    live_start();
    c = chan_make(int, 1);
    goro_wg_add(&wg, 1);
    go(consumer, &wg);
    stage_await(1);
    chan_free(c); // at: GC004
    goro_wg_wait(&wg);
    live_stop();
    return 0;
}
