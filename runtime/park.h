/* Leaving a goroutine for the next one, inline: for the operations whose speed is that of a switch. All others call
 * park of sched.h, which is the same as a function.
 *
 * Always true: the M travels with the switch as its carry; no thread-local is read after one.
 *
 * Threads: inside. */
#ifndef GORO_RUNTIME_PARK_H
#define GORO_RUNTIME_PARK_H

#include "runtime/proc.h"
#include "runtime/waiter.h"

/* After so many switches the scheduler looks at the global queue, the poller, and the ring before `next`. */
enum { SLOW_TICKS = 64 };

/* Counts a switch. True: the scheduler is to choose who is next, or something is asked of the thread. */
GORO_INLINE bool tick(struct m *m, struct p *p) {
    uint32_t ticks = p->ticks + 1;
    hint_set(p->ticks, ticks);
    return unlikely(ticks % SLOW_TICKS <= hint_get(m->attention));
}

/* The next goroutine of the run queue; NULL: let the scheduler find one. */
GORO_INLINE struct g *pick_any(struct m *m, struct p *p) {
    if (tick(m, p)) return NULL;
    runq_choose(&p->runq);
    return runq_pick(&p->runq);
}

/* It has a stack, and may run on any thread. */
GORO_INLINE bool is_ordinary(const struct g *g) { return likely(!(hint_get(g->flags) & (G_FRESH | G_BOUND))); }

/* Gives g, which is not ordinary, a stack, or (NULL) hands it to the thread that it is bound to. */
struct g *pick_special(struct m *m, struct g *g);

/* The goroutine to switch to; NULL: the scheduler. */
GORO_INLINE struct g *pick_next(struct m *m, struct p *p) {
    struct g *g = pick_any(m, p);
    return !g || is_ordinary(g) ? g : pick_special(m, g);
}

/* False: there is nobody else to run. Else g stands in line, and *next is to run (NULL: the scheduler). */
GORO_INLINE bool give_way(struct m *m, struct g *g, struct g **next) {
    struct p *p = m->p;
    g->state = G_QUEUED;
#ifdef GORO_RACE
    runq_put_last(&p->runq, g);
    *next = pick_next(m, p);
    if (*next != g) return true;
#else
    if (tick(m, p)) {
        runq_put_last(&p->runq, g);
        *next = NULL;
        return true;
    }
    *next = runq_turn(&p->runq, g);
    if (likely(*next)) {
        if (!is_ordinary(*next)) *next = pick_special(m, *next);
        return true;
    }
#endif
    g->state = G_RUNNING;
    return false;
}

/* g has a stack. */
GORO_INLINE void set_running(struct m *m, struct g *g) {
    g->state = G_RUNNING;
    g->m = m;
    hint_set(m->g, g);
    hook_task_switch(g->task);
}

GORO_INLINE void set_scheduling(struct m *m) {
    hint_set(m->g, NULL);
    hook_task_switch(NULL);
}

/* First thing after coming back to a goroutine. */
GORO_INLINE void arrive(struct m *m, struct g *g) {
    fiber_arrive(m, g);
    switch_finish(m);
    *m->errno_address = g->saved_errno;
}

/* Leaves g, which is queued or parked, for `next` or the scheduler. `pc`: where the user called, if the caller
 * GORO_RETURNS_ELSEWHERE, else 0. Returns when g runs again, on which M. */
GORO_INLINE struct m *leave_for(struct m *m, struct g *g, struct g *next, uintptr_t pc) {
    g->saved_errno = *m->errno_address;
    m->left_at = pc;
    if (likely(next)) {
        set_running(m, next);
        fiber_leave(m, g, next, false);
        m = context_switch(&g->context, &next->context, m);
    } else {
        set_scheduling(m);
        fiber_leave(m, g, NULL, false);
        m = context_switch(&g->context, &m->context, m);
    }
    arrive(m, g);
    return m;
}

GORO_INLINE void note_wait(struct g *g, unsigned kind, const void *object, uintptr_t pc) {
    g->wait_kind = (uint8_t)kind;
    g->wait_object = object;
    g->wait_pc = pc;
    g->wait_since = hint_get(sched.coarse_now);
    g->state = G_PARKED;
}

/* park, in a function that GORO_RETURNS_ELSEWHERE, called at frame_pc (0: in any other). */
GORO_INLINE void park_in_frame(struct g *g, struct lock *lock, unsigned kind, const void *object, uintptr_t pc,
                               uintptr_t frame_pc) {
    struct m *m = g->m;
    note_wait(g, kind, object, pc);
    if (unlikely(hint_get(g->flags) & G_LOCKED)) {
        locked_park(g, lock);
        return;
    }
    m->unlock = lock;
    leave_for(m, g, pick_next(m, m->p), frame_pc);
}

/* waiter_park and runtime_leave in one; for functions that are the last thing their caller does, and
 * GORO_RETURNS_ELSEWHERE. */
GORO_INLINE void waiter_park_and_leave(struct waiter *w, struct lock *lock, unsigned kind, const void *object,
                                       uintptr_t pc) {
    struct g *g = w->g;
    struct m *m = g->m;
    hook_block(task_of(g), (enum hook_object)(kind & PARK_KIND_MASK), object, pc);
    note_wait(g, kind, object, pc);
    if (unlikely(hint_get(g->flags) & G_LOCKED)) {
        locked_park(g, lock);
        hook_unblock(task_of(g));
        runtime_leave(g);
        return;
    }
    m->unlock = lock;
    m = leave_for(m, g, pick_next(m, m->p), pc);
    hook_unblock(task_of(g));
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE); /* as runtime_leave */
}

#endif
