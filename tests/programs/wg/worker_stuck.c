// The worker would call Done, but waits for a value that does not come: no Done is missing.
// expect: GD001
// exit: 2
#include <goro.h>

static void worker(goro_wg *wg, chan(int) c) {
    chan_recv(c); // at: GD001
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    chan(int) c = chan_make(int, 0);
    goro_wg_add(&wg, 1);
    go(worker, &wg, c);
    goro_wg_wait(&wg); // at: GD001
    return 0;
}
