// Workers range over a channel that main closes, and main waits for them.
// expect: none
#include "../live.h"

static void worker(goro_wg *wg, chan(int) jobs) {
    int j;
    chan_range(j, jobs) stage_done();
    goro_wg_done(wg);
}

int main(void) {
    chan(int) jobs = chan_make(int, 0);
    goro_wg wg = {0};
    live_start();
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) go(worker, &wg, jobs);
    for (int i = 0; i < 9; i++) chan_send(jobs, i);
    chan_close(jobs);
    goro_wg_wait(&wg);
    chan_free(jobs);
    live_stop();
    return 0;
}
