// Two goroutines add to one counter, one at a time: the repaired twin of racy_counter.c.
//
// The mutex lets one goroutine in at a time, and it also orders them: whoever locks it sees everything that was written
// before the last unlock.
//
// expect: none
// stdout: counted 2000 of 2000
#include <goro.h>
#include <stdio.h>

static goro_mutex mu;
static long counter; // guarded by mu

static void count(goro_wg *wg) {
    for (int i = 0; i < 1000; i++) {
        goro_mutex_lock(&mu);
        counter++;
        goro_mutex_unlock(&mu);
    }
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
