/* The scheduler's fast paths: park, ready, yield, spawn and a goroutine's end.
 *
 * Always true:
 *  1. Every function here runs inside, so the P and its run queue belong to the caller.
 *  2. A goroutine goes into a queue that others can take from only when its registers are saved: the lock of the
 *     object it parks on is released by whoever runs next (m->unlock), and a yielding goroutine enters its own P's
 *     ring, which nobody touches while we are inside.
 *  3. The M travels with the switch as its carry; no thread-local is read after one.
 *
 * A goroutine that is left switches straight to the next; the scheduler's own context is entered only when there is
 * none, every SLOW_TICKS switches, or when something is asked of the thread.
 *
 * Not done: a status word that the parking goroutine and its waker agree on (the unlock after the switch makes it
 * needless); starting a goroutine on a stack of its own when one has just ended here (it takes over the stack that
 * is still in the cache). */
#include "runtime/proc.h"

#include <string.h>

CONTEXT_ROOT_ASM;

/* After so many switches the scheduler looks at the global queue, the poller, and the ring before `next`. */
enum { SLOW_TICKS = 64 };

/* -- going on with another goroutine ------------------------------------------------------------------------ */

void g_bind(struct p *p, struct g *g) {
    struct stack *s = stack_get(p);
    g->stack = s;
    g->flags |= G_STARTED;
    context_make(&g->context, stack_top(s));
    hook_task_stack(g->task, stack_low(s), stack_high(s));
    fiber_bind(g);
}

/* The goroutine to switch to; NULL: let the scheduler find one. */
GORO_INLINE struct g *pick_next(struct m *m, struct p *p) {
    uint32_t ticks = p->ticks + 1;
    hint_set(p->ticks, ticks);
    if (unlikely(attention_wanted(m) | (ticks % SLOW_TICKS == 0))) return NULL;
    runq_choose(&p->runq);
    struct g *g = runq_pick(&p->runq);
    if (g && unlikely((hint_get(g->flags) & G_BOUND) && g->bound_m != m)) {
        m->handoff = g;
        return NULL;
    }
    return g;
}

GORO_INLINE void set_running(struct m *m, struct g *g) {
    if (unlikely(!(hint_get(g->flags) & G_STARTED))) g_bind(m->p, g);
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

/* Leaves g, which is queued or parked, for `next` or the scheduler. Returns when g runs again. */
GORO_INLINE void leave_for(struct m *m, struct g *g, struct g *next) {
    g->saved_errno = *m->errno_address;
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
}

void g_run(struct m *m, struct g *g) {
    set_running(m, g);
    fiber_leave(m, NULL, g, false);
    m = context_switch(&m->context, &g->context, m);
    fiber_arrive(m, NULL);
    switch_finish(m);
}

void g_requeue(struct g *g) {
    struct m *m = g->m;
    if (g->flags & G_LOCKED) {
        locked_wait(g);
        return;
    }
    g->state = G_QUEUED;
    m->requeue = g;
    leave_for(m, g, NULL);
}

/* -- sched.h: parking and making ready ------------------------------------------------------------------------ */

void park(struct g *g, struct lock *lock, enum hook_object kind, const void *object, uintptr_t pc) {
    struct m *m = g->m;
    g->wait_kind = (uint8_t)kind;
    g->wait_object = object;
    g->wait_pc = pc;
    g->wait_since = hint_get(sched.coarse_now);
    g->state = G_PARKED;
    if (unlikely(g->flags & G_LOCKED)) {
        locked_park(g, lock);
        return;
    }
    m->unlock = lock;
    leave_for(m, g, pick_next(m, m->p));
}

void ready(struct g *g) {
    struct p *p = m_current()->p;
    g->state = G_QUEUED;
    runq_put_next(&p->runq, g);
    work_share_if_hungry(p);
}

void ready_last(struct g *g) {
    struct p *p = m_current()->p;
    g->state = G_QUEUED;
    runq_put_last(&p->runq, g);
    work_share_if_hungry(p);
}

void yield_now(struct g *g) {
    struct m *m = g->m;
    struct p *p = m->p;
    if (unlikely(g->flags & G_LOCKED)) {
        if (runq_total(&p->runq) || hint_get(sched.global.count)) locked_wait(g);
        return;
    }
    g->state = G_QUEUED;
    runq_put_last(&p->runq, g);
    struct g *next = pick_next(m, p);
    if (next == g) {
        g->state = G_RUNNING;
        return;
    }
    leave_for(m, g, next);
}

unsigned choose(struct g *g, unsigned n) {
    unsigned chosen;
    if (hook_choose(n, &chosen)) return chosen;
    struct p *p = g->m->p;
    uint64_t x = p->random; /* xorshift64 (Marsaglia 2003) */
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    p->random = x;
    return (unsigned)((x >> 32) * n >> 32);
}

/* -- beginning and end of a goroutine ---------------------------------------------------------------------------- */

void spawn(struct g *parent, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc) {
    struct p *p = parent ? parent->m->p : m_current()->p;
    if (unlikely(!p->free_g)) records_refill(p);
    if (unlikely(p->next_id == p->id_end)) ids_refill(p);
    goro_assert(count <= SPAWN_ARGUMENTS);
    struct g *g = p->free_g;
    p->free_g = g->next;
    p->free_count--;
    hint_set(p->alive, p->alive + 1);
    g->flags = 0;
    g->thread_locks = 0;
    g->saved_errno = 0;
    g->stack = NULL;
    g->id = p->next_id++;
    g->parent_id = parent ? parent->id : 0;
    g->created_pc = pc;
    g->entry = (uintptr_t)fn;
    g->start.fn = fn;
    for (unsigned i = 0; i < count; i++) g->start.arguments[i] = arguments[i];
    g->task = hook_task_create(g->id, (uintptr_t)fn, pc);
    g->state = G_QUEUED;
    runq_put_fresh(&p->runq, g);
    work_share_if_hungry(p);
}

/* Runs the goroutine's own code, outside of the runtime. */
static void run_function(struct g *g) {
    void (*fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) =
        (void (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t))g->start.fn;
    uint64_t a[SPAWN_ARGUMENTS];
    memcpy(a, g->start.arguments, sizeof a);
    g->slot = NULL;
    g->wait_object = NULL;
    g->deferred = NULL;
    g->name = NULL;
    g->bound_m = NULL;
    *g->m->errno_address = 0;
    runtime_leave(g);
    fn(a[0], a[1], a[2], a[3], a[4], a[5]);
    runtime_enter();
}

/* `g` takes over the stack that we stand on. */
static void take_over_stack(struct m *m, struct g *g, struct stack *s, void *fiber) {
    g->stack = s;
    g->fiber = fiber;
    g->flags |= G_STARTED;
    hook_task_stack(g->task, stack_low(s), stack_high(s));
    set_running(m, g);
}

/* The goroutine has ended; comes back only if the next one starts on this very stack. */
static void end_goroutine(struct m *m, struct g *g) {
    struct p *p = m->p;
    struct stack *s = g->stack;
    if (unlikely(g->flags & G_LOCKED)) m->exclusive = false;
    if (unlikely(g->name != NULL)) cell_put(g->name);
    hook_task_end(g->task);
    g->state = G_FREE;
    hint_set(p->alive, p->alive - 1);
    g->next = p->free_g;
    p->free_g = g;
    if (unlikely(++p->free_count > 1024)) records_drain(p);

    struct g *next = pick_next(m, p);
    if (next && !(next->flags & G_STARTED)) {
        take_over_stack(m, next, s, g->fiber);
        return;
    }
    fiber_end_later(m, g);
    stack_put(p, s); /* ours until we have left it: see stack_put */
    if (next) {
        set_running(m, next);
        fiber_leave(m, g, next, true);
        context_jump(&next->context, m);
    }
    set_scheduling(m);
    fiber_leave(m, g, NULL, true);
    context_jump(&m->context, m);
}

/* The root of every stack of ours: goroutines one after another, or the scheduler of main's thread. */
void stack_main(void *carry) {
    struct m *m = carry;
    if (!m->g || !(m->g->flags & G_ENDING)) {
        fiber_arrive(m, m->g);
        switch_finish(m);
    }
    if (!m->g) scheduler_loop(m);
    for (;;) {
        struct g *g = m->g;
        if (!(g->flags & G_ENDING)) {
            run_function(g);
            if (unlikely(g->deferred != NULL)) deferred_run(g);
        }
        m = g->m;
        end_goroutine(m, g);
    }
}

/* Main and foreign threads have no stack of ours to restart: main waits for ever, so that the others can end, and a
 * foreign thread ends as a thread. */
static _Noreturn void exit_thread(struct g *g) {
    if (g->flags & G_FOREIGN) {
        runtime_leave(g);
        pthread_exit(NULL);
    }
    for (;;) park(g, NULL, HOOK_OBJECT_NONE, NULL, 0);
}

void g_exit(struct g *g) {
    deferred_run(g);
    if (!g->stack) exit_thread(g);
    g->flags |= G_ENDING;
    context_make(&g->context, stack_top(g->stack));
    fiber_unwind();
    context_jump(&g->context, g->m);
}
