/* stage.h for programs that have threads and no goroutines. */
#ifndef TESTS_PROGRAMS_THREAD_STAGE_H
#define TESTS_PROGRAMS_THREAD_STAGE_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int stage_count;

static inline void stage_done(void) { atomic_fetch_add_explicit(&stage_count, 1, memory_order_relaxed); }

static inline void stage_await(int n) {
    while (atomic_load_explicit(&stage_count, memory_order_relaxed) < n) sched_yield();
}

static inline void use(long value) { __asm__ volatile("" : : "r"(value)); }

static inline void together(void *(*a)(void *), void *(*b)(void *)) {
    pthread_t one, two;
    pthread_create(&one, NULL, a, NULL);
    pthread_create(&two, NULL, b, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
}

#endif
