/* What every file of the engine shares: its configuration, its short lock, and how it says that it gave something up.
 * Private to detector/. */
#ifndef GORO_DETECTOR_ENGINE_H
#define GORO_DETECTOR_ENGINE_H

#include "detector/detector.h"
#include "runtime/base/base.h"

struct engine {
    struct det_config config;
    bool single;   /* one thread at a time is inside: no locks, no atomics */
    bool anywhere; /* single, and not always the same thread: caches are the engine's, not a thread's */
    bool running;
    uint32_t depth;      /* of the owner's sections */
    const void *owner;   /* single while no thread but this one (its engine_mark) has come; NULL: not so */
    uint32_t generation; /* of det_init: thread-local caches of an older engine are void */
};
extern struct engine engine __attribute__((visibility("hidden")));

/* What keeps a thread from going about its work by the shortest way, in one word, so that one load asks for all. */
enum {
    GATE_SINGLE = 1,   /* engine.single or engine.owner: other ways than those of many threads */
    GATE_WANTED = 2,   /* a table is too full: the world is to be stopped (world.h) by whoever enters next */
    GATE_STOPPING = 4, /* it is being stopped */
    GATE_FENCES = 8,   /* the kernel has no membarrier: fence at each entry */
};
extern uint32_t engine_gate __attribute__((visibility("hidden")));
GORO_INLINE void gate_set(uint32_t bits) { __atomic_fetch_or(&engine_gate, bits, __ATOMIC_SEQ_CST); }
/* release: who finds the gate open sees what was done behind it; pairs with world_enter */
GORO_INLINE void gate_clear(uint32_t bits) { __atomic_fetch_and(&engine_gate, ~bits, __ATOMIC_RELEASE); }

/* relaxed: ends only while nobody is in a section that began with it (engine_share) */
GORO_INLINE bool engine_is_single(void) { return __atomic_load_n(&engine.single, __ATOMIC_RELAXED); }

extern __thread char engine_mark __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A section: from a call of the facade to its return. The first thread of a program has the engine to itself, without
 * locks, until another enters; that one first has to see it outside (engine_share). Sections nest. */
bool engine_enter_alone(void);
GORO_INLINE bool engine_enter(void) {
    /* acquire: pairs with the release in engine_share; all that the owner did alone is seen */
    return unlikely(__atomic_load_n(&engine.owner, __ATOMIC_ACQUIRE) != NULL) && engine_enter_alone();
}
GORO_INLINE void engine_leave(const bool *alone) {
    /* release: pairs with the acquire in engine_share */
    if (*alone) __atomic_store_n(&engine.depth, engine.depth - 1, __ATOMIC_RELEASE);
}
#define ENGINE_SECTION bool engine_section __attribute__((cleanup(engine_leave), unused)) = engine_enter()

/* Says once per sentence (compared by address) what was given up. Never allocates. */
GORO_COLD void engine_degraded(const char *what);

/* The engine's lock: a futex behind one word, for sections of a few dozen instructions up to a tree join. Costs
 * nothing in single mode. Order: an object's lock (sync, table) before the arena's; shadow's locks are its own
 * and are taken with none of these held. */
struct engine_lock {
    uint32_t word; /* 0 free, 1 held, 2 held and somebody sleeps */
};

GORO_COLD void engine_lock_wait(struct engine_lock *l);
GORO_COLD void engine_lock_wake(struct engine_lock *l);

GORO_INLINE void engine_lock_take(struct engine_lock *l) {
    if (engine_is_single()) return;
    uint32_t free = 0; /* acquire: pairs with the exchange in engine_lock_drop */
    if (unlikely(!__atomic_compare_exchange_n(&l->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        engine_lock_wait(l);
}
/* For a few hundred turns only: who needs many at once must not wait with some in hand. */
bool engine_lock_try(struct engine_lock *l);
/* A lock that is there as long as the engine: fork wants none of them held (fork.c). By the rooms' init. */
void engine_lock_keep(struct engine_lock *l);
GORO_INLINE void engine_lock_drop(struct engine_lock *l) {
    if (engine_is_single()) return;
    /* release: pairs with the compare-exchange in engine_lock_take */
    if (unlikely(__atomic_exchange_n(&l->word, 0, __ATOMIC_RELEASE) == 2)) engine_lock_wake(l);
}

#endif
