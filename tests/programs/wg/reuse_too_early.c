// The WaitGroup is used again by one who does not know that the other waiter has begun to wait.
// expect: GW003
#include "../stage.h"

static goro_wg wg;

static void other(void) {
    stage_done();
    goro_wg_wait(&wg); // at: GW003
    stage_done();
}

static void worker(void) { goro_wg_done(&wg); }

int main(void) {
    goro_wg_add(&wg, 1);
    go(other);
    stage_await(1);
    stage_pause();
    go(worker);
    goro_wg_wait(&wg);
    goro_wg_add(&wg, 1); // at: GW003
    goro_wg_done(&wg);
    stage_await(2);
    return 0;
}
