/* The runtime's own short lock: held for a few dozen instructions, never across a switch (but see park).
 *
 * Only for threads that are inside the runtime (between runtime_enter and runtime_leave, or in the poller's `due`):
 * one that is alone there need not touch the lock (GORO_CHECKS, in debug and sanitizer builds: a plain mark, and a count
 * of those held, to catch mistakes). A second one gets in only while no lock is held: solo.c.
 * Threads without a P (the poller's `wait`, the monitor) use struct os_mutex of base/futex.h.
 *
 * Not fair, and that is well: holders are never descheduled by us; against a holder that the kernel took off its CPU
 * the waiter gives its own CPU away. */
#ifndef GORO_RUNTIME_LOCK_H
#define GORO_RUNTIME_LOCK_H

#include "runtime/base/atomic.h"

struct lock {
    uint32_t word; /* 0 free, 1 held */
};

void lock_take_slow(struct lock *l);

#ifdef GORO_CHECKS
extern __thread int locks_held __attribute__((tls_model("initial-exec"), visibility("hidden")));
GORO_INLINE bool lock_is_needed(void) { return true; }
GORO_INLINE bool lock_count(int by) { return locks_held += by, true; }
GORO_INLINE void lock_assert_none(void) { goro_assert(locks_held == 0); }
#else
GORO_INLINE bool lock_is_needed(void) { return atomic_is_multi(); }
GORO_INLINE bool lock_count(int by) { return (void)by, true; }
GORO_INLINE void lock_assert_none(void) {}
#endif

GORO_INLINE void lock_take(struct lock *l) {
    if (lock_is_needed() && unlikely(atomic_exchange_inside(&l->word, 1))) lock_take_slow(l); /* pairs with lock_drop */
    lock_count(1);
}

/* True if taken: by one who is alone always. */
GORO_INLINE bool lock_take_quickly(struct lock *l) {
    return (!lock_is_needed() || !atomic_exchange_inside(&l->word, 1)) && lock_count(1); /* pairs with lock_drop */
}

/* True if taken; other than above it is a mark also for one who is alone. */
GORO_INLINE bool lock_try(struct lock *l) { return !atomic_exchange_inside(&l->word, 1) && lock_count(1); }

GORO_INLINE void lock_drop(struct lock *l) {
    lock_count(-1);
    __atomic_store_n(&l->word, 0, __ATOMIC_RELEASE); /* pairs with lock_take */
}

#endif
