/* Entering and leaving the runtime, inline: a handful of instructions around every operation (sched.h says what they
 * mean, g.h, invariants 1 and 2, why this is enough). Include sched.h instead. */
#ifndef GORO_RUNTIME_ENTER_H
#define GORO_RUNTIME_ENTER_H

#include "runtime/g.h"
#include "runtime/hooks.h"

struct g *enter_slow(struct m *m);
void leave_foreign(struct g *g);
void yield_now(struct g *g);

/* On AArch64 the compiler may keep the thread pointer across a switch to another thread, so there it is read in a
 * function of its own; on x86-64 every access goes by %fs afresh. */
#if defined(__aarch64__)
struct m *m_current(void);
#else
GORO_INLINE struct m *m_current(void) {
    struct m *m = m_self;
    if (!m) __builtin_unreachable();
    return m;
}
#endif

GORO_INLINE struct g *enter_plainly(void) {
    struct m *m = m_current();
    hint_set(m->inside, 1);
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the barrier is on the other side: barrier.h */
    if (attention_wanted(m)) return enter_slow(m);
    return m->g;
}

static inline __attribute__((always_inline)) struct g *runtime_enter(void) {
    struct g *g = enter_plainly();
#ifdef GORO_RACE
    if (unlikely(hook_point())) yield_now(g); /* every operation is a place where another may be put on */
#endif
    return g;
}

static inline __attribute__((always_inline)) void runtime_leave(struct g *g) {
    if (unlikely(hint_get(g->flags) & G_FOREIGN)) {
        leave_foreign(g);
        return;
    }
    __atomic_store_n(&g->m->inside, 0, __ATOMIC_RELEASE); /* pairs with work_rob and the monitor */
}

/* The same two for an operation that mostly neither waits nor is asked anything: NULL, if something is asked of this
 * thread or it is not ours, and then the caller goes the long way, by runtime_enter. All do when they are watched. */
GORO_INLINE struct m *enter_quickly(void) {
#ifdef GORO_RACE
    return NULL;
#endif
    struct m *m = m_current();
    hint_set(m->inside, 1);
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* as runtime_enter */
    return attention_wanted(m) ? NULL : m;
}

/* `m` is what enter_quickly returned, and the goroutine has not parked since. */
GORO_INLINE void leave_quickly(struct m *m) {
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE); /* as runtime_leave */
}

#endif
