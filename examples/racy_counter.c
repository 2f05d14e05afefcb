// Two goroutines add to one counter, and nothing orders their additions: a data race.
//
// counter++ is three steps: read, add one, write. When two goroutines do these at the same time, one may overwrite what
// the other has just written, and an addition is lost. It need not happen in a given run, and a test that looks at the
// sum will mostly pass. goro-race finds the race in every run, for it does not look at the sum but at the order.
// racy_counter_fixed.c is the repaired twin.
//
// expect: GR001
// stdout-has: counted
#include <goro.h>
#include <stdio.h>

static long counter;

static void count(goro_wg *wg) {
    for (int i = 0; i < 1000; i++) counter++; // race: both
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(count, &wg);
    go(count, &wg);
    goro_wg_wait(&wg);
    printf("counted %ld of 2000\n", counter);
    return 0;
}
