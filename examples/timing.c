// Sequential, concurrent, parallel: the same four tasks done in three ways, with the time each way takes.
//
// A task that waits (for a disk, a network, a clock) costs no processor while it waits: four of them take no longer than
// one when they wait at the same time, even on one processor. That is concurrency. A task that computes needs a processor
// all the time: four of them become faster only if several processors work on them. That is parallelism.
//
// expect: none
// stdout-has: waiting, one after the other
// stdout-has: waiting, concurrently on 1 processor
// stdout-has: computing, in parallel on
#include <goro.h>
#include <stdint.h>
#include <stdio.h>

enum { TASKS = 4 };

static void wait_a_little(uint64_t *result) {
    goro_sleep(20 * GORO_MILLISECOND);
    *result = 1;
}

static void compute(uint64_t *result) {
    uint64_t x = 1;
    for (int i = 0; i < 2000000; i++) { // random numbers (Marsaglia 2003): each step needs the one before it
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    *result = x;
}

static void one_after_the_other(void (*task)(uint64_t *)) {
    uint64_t results[TASKS];
    for (int i = 0; i < TASKS; i++) task(&results[i]);
}

static void all_at_once(void (*task)(uint64_t *)) {
    uint64_t results[TASKS]; // each task writes its own element, so they need no lock
    goro_wg wg = {0};
    for (int i = 0; i < TASKS; i++) goro_wg_go(&wg, task, &results[i]);
    goro_wg_wait(&wg);
}

static double milliseconds(void (*way)(void (*)(uint64_t *)), void (*task)(uint64_t *)) {
    int64_t start = goro_now();
    way(task);
    return (double)(goro_now() - start) / GORO_MILLISECOND;
}

int main(void) {
    int processors = goro_gomaxprocs(1);
    printf("waiting, one after the other:              %6.1f ms\n",
           milliseconds(one_after_the_other, wait_a_little));
    printf("waiting, concurrently on 1 processor:      %6.1f ms\n", milliseconds(all_at_once, wait_a_little));
    printf("computing, one after the other:            %6.1f ms\n",
           milliseconds(one_after_the_other, compute));
    printf("computing, concurrently on 1 processor:    %6.1f ms\n", milliseconds(all_at_once, compute));
    goro_gomaxprocs(processors);
    printf("computing, in parallel on %2d processor(s): %6.1f ms\n", processors,
           milliseconds(all_at_once, compute));
    return 0;
}
