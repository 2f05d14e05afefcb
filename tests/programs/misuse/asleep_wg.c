// A Done is missing.
// expect: GW001*1 GD001*1
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static void worker(goro_wg *wg, int i) {
    if (i != 2) goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 4);
    for (int i = 0; i < 4; i++) go(worker, &wg, i);
    goro_wg_wait(&wg);
    return 0;
}
