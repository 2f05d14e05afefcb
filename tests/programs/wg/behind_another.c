// main waits for two that wait for a third, which forgets its Done: one finding, where it is missing.
// expect: GW001*1 GD001*1
// exit: 2
#include <goro.h>

static void third(goro_wg *ready, int fails) {
    if (fails) return;
    goro_wg_done(ready);
}

static void worker(goro_wg *all, goro_wg *ready) {
    goro_wg_wait(ready); // at: GW001
    goro_wg_done(all);
}

int main(void) {
    goro_wg all = {0}, ready = {0};
    goro_wg_add(&ready, 1); // at: GW001
    goro_wg_add(&all, 2);
    go(worker, &all, &ready);
    go(worker, &all, &ready);
    go(third, &ready, 1);
    goro_wg_wait(&all);
    return 0;
}
