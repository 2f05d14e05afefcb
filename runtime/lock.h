/* The runtime's own short lock: held for a few dozen instructions, never across a switch (but see park).
 *
 * First form: a test-and-set lock that spins, then yields the thread. */
#ifndef GORO_RUNTIME_LOCK_H
#define GORO_RUNTIME_LOCK_H

#include "runtime/base/base.h"
#include <sched.h>

struct lock {
    uint32_t word; /* 0 free, 1 held */
};

GORO_INLINE void lock_take(struct lock *l) {
    unsigned spins = 0;
    while (unlikely(__atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE))) /* pairs with lock_drop */
        if (++spins % 64 == 0) sched_yield();
}
GORO_INLINE void lock_drop(struct lock *l) {
    __atomic_store_n(&l->word, 0, __ATOMIC_RELEASE); /* pairs with lock_take */
}

#endif
