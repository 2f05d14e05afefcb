// What comes after Done is unordered with the waiter.
// expect: GR001
#include "../stage.h"

static int x;

static void worker(goro_wg *wg) {
    goro_wg_done(wg);
    x = 1; // race: first
    stage_done();
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(worker, &wg);
    goro_wg_wait(&wg);
    stage_await(1);
    use(x); // race: second
    return 0;
}
