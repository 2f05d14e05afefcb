/* What happens when a lock is not free. */
#include "runtime/lock.h"

#include <sched.h>

bool atomic_multi;

void lock_take_slow(struct lock *l) {
    goro_assert(atomic_multi); /* one P: nobody else is inside, so whoever holds it forgot to drop it */
    for (unsigned spins = 1; __atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE); spins++) {
        while (__atomic_load_n(&l->word, __ATOMIC_RELAXED)) {
            cpu_relax();
            if (++spins % 128 == 0) sched_yield();
        }
    }
}
