// A goroutine waits for a Done that nobody is left to call; main returns meanwhile.
// expect: GW001
#include "../stage.h"

static goro_wg wg;

static void waiter(void) {
    stage_done();
    goro_wg_wait(&wg); // at: GW001
}

static void worker(void) { stage_done(); }

int main(void) {
    goro_wg_add(&wg, 1); // at: GW001
    go(waiter);
    go(worker);
    stage_await(2);
    goro_sleep(10 * GORO_MILLISECOND);
    return 0;
}
