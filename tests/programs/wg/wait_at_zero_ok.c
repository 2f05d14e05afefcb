// A Wait that finds zero and returns at once is ordered all the same.
// expect: none
#include "../stage.h"

static int x;

static void worker(goro_wg *wg) {
    x = 1;
    goro_wg_done(wg);
    stage_done();
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(worker, &wg);
    stage_await(1);
    goro_wg_wait(&wg);
    use(x);
    return 0;
}
