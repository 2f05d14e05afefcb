// 5,000 pairs of goroutines that race once each, 10,000 alive at once: every pair is found. They race on two lines of
// their own stack of calls, so the pairs are counted by the program: each pair is one location.
// expect: GR001
// timeout: 120
// runs: 1
// procs: 1
// options: --max-reports 0
// explored: -DPAIRS=200
#include "../stage.h"
#include <stdlib.h>

#ifndef PAIRS
#define PAIRS 5000 // ten thousand that wait by yielding are 0.5 million choices: fewer where it is run a thousand times
#endif
static struct { int value; char pad[60]; } cell[PAIRS];

static void one(goro_wg *wg, int i) {
    stage_done();
    stage_await(2 * PAIRS);
    cell[i].value++; // race: first
    goro_wg_done(wg);
}

static void two(goro_wg *wg, int i) {
    stage_done();
    stage_await(2 * PAIRS);
    cell[i].value += 2; // race: second
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2 * PAIRS);
    for (int i = 0; i < PAIRS; i++) {
        go(one, &wg, i);
        go(two, &wg, i);
    }
    goro_wg_wait(&wg);
    return 0;
}
