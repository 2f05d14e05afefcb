/* Sleeping in the kernel on a word, and a mutex for threads that own no P.
 *
 * runtime/lock.h has the lock for code inside the runtime; this one is for the few places that threads reach without
 * a P: the scheduler's own lists. It is always a real lock, whatever GOMAXPROCS. */
#ifndef GORO_BASE_FUTEX_H
#define GORO_BASE_FUTEX_H

#include "runtime/base/base.h"

/* Sleeps while *word == expected, until woken, or until the CLOCK_MONOTONIC time deadline_ns (INT64_MAX: for ever).
 * May return early for no reason. Keeps errno. */
void futex_wait(uint32_t *word, uint32_t expected, int64_t deadline_ns);
void futex_wake(uint32_t *word, unsigned threads);

struct os_mutex {
    uint32_t word; /* 0 free, 1 held, 2 held and somebody may sleep */
};

void os_mutex_lock_slow(struct os_mutex *m);
void os_mutex_unlock_slow(struct os_mutex *m);

GORO_INLINE void os_mutex_lock(struct os_mutex *m) {
    uint32_t free = 0;
    if (unlikely(!__atomic_compare_exchange_n(&m->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        os_mutex_lock_slow(m); /* acquire: pairs with os_mutex_unlock */
}

/* True if taken. Never waits: in a signal handler, too. */
GORO_INLINE bool os_mutex_try_lock(struct os_mutex *m) {
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&m->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

GORO_INLINE void os_mutex_unlock(struct os_mutex *m) {
    if (unlikely(__atomic_exchange_n(&m->word, 0, __ATOMIC_RELEASE) == 2)) os_mutex_unlock_slow(m);
}

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t clock_now(void);

#endif
