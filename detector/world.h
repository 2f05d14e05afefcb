/* Stopping the world, so that what nothing refers to can be found and tables can grow.
 *
 * Sites, paths and histories are referred to from millions of shadow cells, uncounted. To reclaim them nobody may hold
 * one in a register: a thread says that it does by being *inside*; also in single mode, which may end meanwhile.
 *
 * Threads: any. Nothing that sleeps, and no lock that the stopper holds (the task registry's), may be taken while
 * inside. */
#ifndef GORO_DETECTOR_WORLD_H
#define GORO_DETECTOR_WORLD_H

#include "detector/engine.h"
#include "detector/task.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WORLD_IN_C /* it does not see what assembly stores */
#endif
#elif defined(__SANITIZE_THREAD__)
#define WORLD_IN_C
#endif

/* What world_enter does where the gate is not open; t is counted as inside. */
GORO_COLD void world_enter_slow(struct det_task *t);

/* `inside` is changed by its task alone, so one instruction will do that is not locked; from C compilers make three. */
#if defined(__x86_64__) && !defined(WORLD_IN_C)
GORO_INLINE void world_count_in(struct det_task *t) {
    __asm__ volatile("incl %0" : "+m"(t->trail.inside)::"memory", "cc");
}
GORO_INLINE void world_count_out(struct det_task *t) {
    __asm__ volatile("decl %0" : "+m"(t->trail.inside)::"memory", "cc");
}
#else
GORO_INLINE void world_count_in(struct det_task *t) {
    __atomic_store_n(&t->trail.inside, t->trail.inside + 1, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
GORO_INLINE void world_count_out(struct det_task *t) {
    __atomic_store_n(&t->trail.inside, t->trail.inside - 1, __ATOMIC_RELEASE);
}
#endif

/* Says that t is inside, and returns what is in the way. */
GORO_INLINE uint32_t world_pass(struct det_task *t) {
    /* The store must be seen before the load is made: the stopper's membarrier (or a fence) orders the two. */
    world_count_in(t);
    return __atomic_load_n(&engine_gate, __ATOMIC_ACQUIRE); /* acquire: pairs with gate_clear */
}

GORO_INLINE void world_enter(struct det_task *t) {
    if (unlikely(world_pass(t) & ~(uint32_t)GATE_SINGLE)) world_enter_slow(t);
}

GORO_INLINE void world_leave(struct det_task *t) {
    /* release, as each store on x86-64: pairs with the stopper's load */
    world_count_out(t);
}

/* For who has no task to enter with: nobody stops the world meanwhile. Slower, and may sleep. */
void world_hold(void);
void world_release(void);

/* Nobody is inside, or gets in, from the one to the other. The caller's task, if it has one, is t. */
void world_stop(struct det_task *t);
void world_go_on(void);

void world_engine_init(void);

#endif
