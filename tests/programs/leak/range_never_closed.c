// Workers range over a channel that nobody closes. They wait alike: one finding.
// expect: GL001*1
#include "../live.h"

static void worker(chan(int) jobs) {
    int j;
    chan_range(j, jobs) stage_done(); // at: GL001
}

int main(void) {
    chan(int) jobs = chan_make(int, 0);
    live_start();
    for (int i = 0; i < 3; i++) go(worker, jobs);
    for (int i = 0; i < 9; i++) chan_send(jobs, i);
    stage_await(9);
    goro_sleep(5 * GORO_MILLISECOND);
    live_stop();
    return 0;
}
