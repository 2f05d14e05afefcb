/* Entering and leaving the runtime, inline: a handful of instructions around every operation (sched.h says what they
 * mean, g.h, invariants 1 and 2, why this is enough). Include sched.h instead. */
#ifndef GORO_RUNTIME_ENTER_H
#define GORO_RUNTIME_ENTER_H

#include "runtime/g.h"

struct g *enter_slow(struct m *m);
void leave_foreign(struct g *g);

/* On AArch64 the compiler may keep the thread pointer across a switch to another thread, so there it is read in a
 * function of its own; on x86-64 every access goes by %fs afresh. */
#if defined(__aarch64__)
struct m *m_current(void);
#else
GORO_INLINE struct m *m_current(void) { return m_self; }
#endif

static inline __attribute__((always_inline)) struct g *runtime_enter(void) {
    struct m *m = m_current();
    hint_set(m->inside, 1);
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the barrier is on the other side: barrier.h */
    if (attention_wanted(m)) return enter_slow(m);
    return m->g;
}

static inline __attribute__((always_inline)) void runtime_leave(struct g *g) {
    if (unlikely(hint_get(g->flags) & G_FOREIGN)) {
        leave_foreign(g);
        return;
    }
    __atomic_store_n(&g->m->inside, 0, __ATOMIC_RELEASE); /* pairs with work_rob and the monitor */
}

#endif
