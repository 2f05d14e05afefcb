// Who looks before it waits has learnt nothing yet.
// expect: GR001
#include "../stage.h"

static int x;

static void worker(goro_wg *wg) {
    x = 1; // race: first
    goro_wg_done(wg);
    stage_done();
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(worker, &wg);
    stage_await(1);
    use(x); // race: second
    goro_wg_wait(&wg);
    return 0;
}
