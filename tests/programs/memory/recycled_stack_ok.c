// Thousands of short goroutines run on the same few stacks: what a dead one wrote there is forgotten.
// expect: none
#include "../stage.h"

static void worker(int n) {
    volatile int frame[200];
    for (int i = 0; i < 200; i++) frame[i] = n;
    if (frame[77] != n) goro_panic("somebody else's stack");
}

int main(void) {
    goro_wg wg = {0};
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 20; i++) go(worker, i);
        goro_wg_go(&wg, worker, round);
        goro_wg_wait(&wg);
    }
    while (goro_count() > 1) goro_yield();
    return 0;
}
