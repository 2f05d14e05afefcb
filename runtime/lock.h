/* The runtime's own short lock: held for a few dozen instructions, never across a switch (but see park).
 *
 * Only for threads that are inside the runtime (between runtime_enter and runtime_leave, or in the poller's `due`):
 * with one P they exclude each other anyway, and the lock is then only a plain mark, kept to catch mistakes.
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

GORO_INLINE void lock_take(struct lock *l) {
    if (unlikely(atomic_exchange_inside(&l->word, 1))) lock_take_slow(l); /* pairs with lock_drop */
}

/* True if taken. */
GORO_INLINE bool lock_try(struct lock *l) { return !atomic_exchange_inside(&l->word, 1); }

GORO_INLINE void lock_drop(struct lock *l) {
    __atomic_store_n(&l->word, 0, __ATOMIC_RELEASE); /* pairs with lock_take */
}

#endif
