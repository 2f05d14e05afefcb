/* Two goroutines count without a lock: bench/run measures how long it takes until the race has been reported. */
#include <goro.h>

static long counter;

static void count(goro_wg *wg) {
    for (int i = 0; i < 1000; i++) counter++;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(count, &wg);
    go(count, &wg);
    goro_wg_wait(&wg);
    return 0;
}
