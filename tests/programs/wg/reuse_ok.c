// A WaitGroup used round after round by the goroutine that waits.
// expect: none
#include "../stage.h"

static int x[8];

static void worker(goro_wg *wg, int i) {
    x[i]++;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    for (int round = 0; round < 20; round++) {
        goro_wg_add(&wg, 8);
        for (int i = 0; i < 8; i++) go(worker, &wg, (i + round) % 8);
        goro_wg_wait(&wg);
    }
    int sum = 0;
    for (int i = 0; i < 8; i++) sum += x[i];
    return sum != 160;
}
