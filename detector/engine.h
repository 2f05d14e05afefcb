/* What every file of the engine shares: its configuration, its short lock, and how it says that it gave something up.
 * Private to detector/. */
#ifndef GORO_DETECTOR_ENGINE_H
#define GORO_DETECTOR_ENGINE_H

#include "detector/detector.h"
#include "runtime/base/base.h"

struct engine {
    struct det_config config;
    bool single; /* one thread at a time is inside: no locks, no atomics */
    bool running;
    uint32_t generation; /* of det_init: thread-local caches of an older engine are void */
};
extern struct engine engine;

/* Says once per sentence (compared by address) what was given up. Never allocates. */
GORO_COLD void engine_degraded(const char *what);

/* The engine's lock: a futex behind one word, for sections of a few dozen instructions up to a tree join. Costs
 * nothing while engine.single. Order: an object's lock (sync, table) before the arena's; shadow's locks are its own
 * and are taken with none of these held. */
struct engine_lock {
    uint32_t word; /* 0 free, 1 held, 2 held and somebody sleeps */
};

GORO_COLD void engine_lock_wait(struct engine_lock *l);
GORO_COLD void engine_lock_wake(struct engine_lock *l);

GORO_INLINE void engine_lock_take(struct engine_lock *l) {
    if (engine.single) return;
    uint32_t free = 0; /* acquire: pairs with the exchange in engine_lock_drop */
    if (unlikely(!__atomic_compare_exchange_n(&l->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        engine_lock_wait(l);
}
GORO_INLINE void engine_lock_drop(struct engine_lock *l) {
    if (engine.single) return;
    /* release: pairs with the compare-exchange in engine_lock_take */
    if (unlikely(__atomic_exchange_n(&l->word, 0, __ATOMIC_RELEASE) == 2)) engine_lock_wake(l);
}

#endif
