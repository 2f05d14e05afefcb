// Added once more than there are goroutines.
// expect: GW001*1 GD001*1
// exit: 2
#include <goro.h>

static void worker(goro_wg *wg) {
    goro_wg_done(wg); // at: GW001
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 5); // at: GW001
    for (int i = 0; i < 4; i++) go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
