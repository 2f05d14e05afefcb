/* What the test programs share: a way to put events in an order of time that is no happens-before order.
 *
 * A program that must be reported in every schedule often has to force who comes first without ordering the two
 * accesses. Relaxed atomics do just that: they order nothing. (Programs about fences cannot use them: a fence gives
 * relaxed operations an order.) together() joins with a WaitGroup, whose Done orders nothing among the goroutines. */
#ifndef TESTS_PROGRAMS_STAGE_H
#define TESTS_PROGRAMS_STAGE_H

#include <goro.h>
#include <stdatomic.h>

static atomic_int stage_count;

/* One more step of the program's story is over. */
static inline void stage_done(void) { atomic_fetch_add_explicit(&stage_count, 1, memory_order_relaxed); }

/* Waits until n steps are over. */
static inline void stage_await(int n) {
    while (atomic_load_explicit(&stage_count, memory_order_relaxed) < n) goro_yield();
}

/* Long enough for the others to run until they block, if they can; where a program's order depends on it, both
 * orders must give the same findings. */
static inline void stage_pause(void) {
    for (int i = 0; i < 50; i++) goro_yield();
}

/* Reads its argument in a way that no compiler removes. */
static inline void use(long value) { __asm__ volatile("" : : "r"(value)); }

static inline void together(void (*a)(void), void (*b)(void)) {
    goro_wg wg = {0};
    goro_wg_go(&wg, a);
    goro_wg_go(&wg, b);
    goro_wg_wait(&wg);
}

static inline void together3(void (*a)(void), void (*b)(void), void (*c)(void)) {
    goro_wg wg = {0};
    goro_wg_go(&wg, a);
    goro_wg_go(&wg, b);
    goro_wg_go(&wg, c);
    goro_wg_wait(&wg);
}

#endif
