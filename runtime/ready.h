/* Making goroutines ready, inline: into the run queue of the P that the caller owns. Include sched.h instead. */
#ifndef GORO_RUNTIME_READY_H
#define GORO_RUNTIME_READY_H

#include "runtime/runq.h"

/* Gives half of p's line to whoever is hungry (idle.c). Owner of p, not in a switch. */
void work_share(struct p *p);

GORO_INLINE void work_share_if_hungry(struct p *p) {
    if (unlikely(hint_get(sched.hungry)) && runq_in_line(&p->runq) > 0) work_share(p);
}

GORO_INLINE void ready_on(struct p *p, struct g *g) {
    hook_ready(g->task);
    g->state = G_QUEUED;
    runq_put_next(&p->runq, g);
    work_share_if_hungry(p);
}

/* True: nobody is to run next on p yet, and nobody wants some of its work. Then ready_quickly does what ready_on does. */
GORO_INLINE bool ready_is_quick(const struct p *p) { return likely(!p->runq.next && !hint_get(sched.hungry)); }
GORO_INLINE void ready_quickly(struct p *p, struct g *g) {
    hook_ready(g->task);
    g->state = G_QUEUED;
    hint_set(p->runq.next, g);
}

static inline __attribute__((always_inline)) void ready(struct g *g) { ready_on(m_current()->p, g); }

static inline __attribute__((always_inline)) void ready_last(struct g *g) {
    struct p *p = m_current()->p;
    hook_ready(g->task);
    g->state = G_QUEUED;
    runq_put_last(&p->runq, g);
    work_share_if_hungry(p);
}

/* ready and leave_quickly, as the last thing that a public function does. Returns true, for those that say so. */
bool ready_and_leave(struct g *g, struct m *m);

#endif
