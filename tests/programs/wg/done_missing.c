// One of four returns early and forgets its Done; who waits is never woken.
// expect: GW001*1 GD001*1
// exit: 2
#include <goro.h>

static void worker(goro_wg *wg, int i) {
    if (i == 2) return;
    goro_wg_done(wg); // at: GW001
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 4); // at: GW001
    for (int i = 0; i < 4; i++) go(worker, &wg, i);
    goro_wg_wait(&wg); // at: GW001
    return 0;
}
