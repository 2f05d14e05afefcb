/* Stopping the world, so that what nothing refers to can be found and tables can grow.
 *
 * Sites, paths and histories are referred to from millions of shadow cells, uncounted. To reclaim them nobody may hold
 * one in a register: a thread says that it does by being *inside*. In single mode all of this is free.
 *
 * Threads: any. Nothing that sleeps, and no lock that the stopper holds (the task registry's), may be taken while
 * inside. */
#ifndef GORO_DETECTOR_WORLD_H
#define GORO_DETECTOR_WORLD_H

#include "detector/engine.h"
#include "detector/task.h"

/* Set by who finds a table too full; acted on at the next entry of anybody. */
extern bool world_wanted __attribute__((visibility("hidden")));
extern bool world_stopping __attribute__((visibility("hidden")));
extern bool world_fences __attribute__((visibility("hidden"))); /* the kernel has no membarrier: fence at each entry */

GORO_COLD void world_wait(struct det_task *t);
/* Does what is wanted; the caller is not inside. */
GORO_COLD void world_work(struct det_task *t);

GORO_INLINE void world_enter(struct det_task *t) {
    if (unlikely(__atomic_load_n(&world_wanted, __ATOMIC_RELAXED)) && !t->trail.inside) world_work(t);
    if (engine.single) return;
    /* The store must be seen before the load is made: the stopper's membarrier (or the fence) orders the two. */
    __atomic_store_n(&t->trail.inside, t->trail.inside + 1, __ATOMIC_RELAXED);
    if (unlikely(world_fences)) __atomic_thread_fence(__ATOMIC_SEQ_CST);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    /* acquire: pairs with the release at the end of world_work */
    if (unlikely(__atomic_load_n(&world_stopping, __ATOMIC_ACQUIRE)) && t->trail.inside == 1) world_wait(t);
}

GORO_INLINE void world_leave(struct det_task *t) {
    if (engine.single) return;
    /* release: pairs with the stopper's load */
    __atomic_store_n(&t->trail.inside, t->trail.inside - 1, __ATOMIC_RELEASE);
}

/* For who has no task to enter with: nobody stops the world meanwhile. Slower, and may sleep. */
void world_hold(void);
void world_release(void);

void world_engine_init(void);

#endif
