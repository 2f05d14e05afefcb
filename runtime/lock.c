/* What happens when a lock is not free. */
#include "runtime/lock.h"

#include "runtime/g.h"

#include <sched.h>

bool atomic_multi;
#ifdef GORO_CHECKS
__thread int locks_held;
#endif

void lock_take_slow(struct lock *l) {
    goro_assert(hint_get(sched.nprocs) > 1); /* one P: nobody else is inside, so whoever holds it forgot to drop it */
    m_self->contended++;
    for (unsigned spins = 1; __atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE); spins++) {
        while (__atomic_load_n(&l->word, __ATOMIC_RELAXED)) {
            cpu_relax();
            if (++spins % 128 == 0) sched_yield();
        }
    }
}
