/* The scheduler's fast paths: park, ready, yield, spawn and a goroutine's end.
 *
 * Always true:
 *  1. Every function here runs inside, so the P and its run queue belong to the caller.
 *  2. A goroutine goes into a queue that others can take from only when its registers are saved: the lock of the
 *     object it parks on is released by whoever runs next (m->unlock), and a yielding goroutine enters its own P's
 *     ring, which nobody touches while we are inside.
 *
 * A goroutine that is left switches straight to the next; the scheduler's own context is entered only when there is
 * none, every SLOW_TICKS switches, or when something is asked of the thread.
 *
 * Not done: a status word that the parking goroutine and its waker agree on (the unlock after the switch makes it
 * needless); starting a goroutine on a stack of its own when one has just ended here (it takes over the stack that
 * is still in the cache). */
#include "runtime/park.h"
#include "runtime/spawn.h"

CONTEXT_ROOT_ASM;
RETURN_THUNK_ASM;

/* -- going on with another goroutine ------------------------------------------------------------------------ */

/* Gives g a stack of its own and a context that starts it. */
GORO_INLINE struct g *g_bind(struct p *p, struct g *g) {
    struct stack *s = stack_get(&p->stacks);
    g->stack = s;
    context_make(&g->context, stack_top(s), context_root);
    g->flags = 0;
    hook_task_stack(g->task, stack_low(s), stack_high(s));
    fiber_bind(g);
    return g;
}

static GORO_NOINLINE struct g *bind_after_refill(struct p *p, struct g *g) {
    stack_cache_refill(&p->stacks);
    return g_bind(p, g);
}

/* No frame. */
struct g *pick_special(struct m *m, struct g *g) {
    struct p *p = m->p;
    if (likely(hint_get(g->flags) & G_FRESH)) return likely(p->stacks.first) ? g_bind(p, g) : bind_after_refill(p, g);
    if (g->bound_m == m) return g;
    m->handoff = g;
    return NULL;
}

void g_run(struct m *m, struct g *g) {
    if (hint_get(g->flags) & G_FRESH) g_bind(m->p, g);
    set_running(m, g);
    fiber_leave(m, NULL, g, false);
    m = context_switch(&m->context, &g->context, m);
    fiber_arrive(m, NULL);
    switch_finish(m);
}

void g_requeue(struct g *g) {
    struct m *m = g->m;
    if (hint_get(g->flags) & G_LOCKED) {
        locked_wait(g);
        return;
    }
    g->state = G_QUEUED;
    m->requeue = g;
    leave_for(m, g, NULL, 0);
}

/* -- sched.h: parking and making ready ------------------------------------------------------------------------ */

void park(struct g *g, struct lock *lock, unsigned kind, const void *object, uintptr_t pc) {
    park_in_frame(g, lock, kind, object, pc, 0);
}

bool ready_and_leave(struct g *g, struct m *m) {
    ready_on(m->p, g);
    leave_quickly(m);
    return true;
}

static void yield_locked(struct g *g) {
    if (runq_total(&g->m->p->runq) || hint_get(sched.global.count)) locked_wait(g);
}

void yield_now(struct g *g) {
    struct g *next;
    if (unlikely(hint_get(g->flags) & G_LOCKED)) yield_locked(g);
    else if (give_way(g->m, g, &next)) leave_for(g->m, g, next, 0);
}

GORO_RETURNS_ELSEWHERE void yield_and_leave(struct g *g, uintptr_t pc) {
    struct m *m = g->m;
    struct g *next;
    if (unlikely(hint_get(g->flags) & G_LOCKED)) {
        yield_locked(g);
        runtime_leave(g);
        return;
    }
    if (give_way(m, g, &next)) m = leave_for(m, g, next, pc);
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE); /* as runtime_leave */
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

void spawn(struct g *parent, void (*fn)(void), uintptr_t known_as, const uint64_t *arguments, unsigned count,
           uintptr_t pc) {
    struct p *p = parent ? parent->m->p : m_current()->p;
    goro_assert(count <= SPAWN_ARGUMENTS);
    if (unlikely(!p->free_g)) records_refill(p);
    if (unlikely(p->next_id == p->id_end)) ids_refill(p);
    if (ring_is_full(&p->runq.fresh)) ring_grow(&p->runq.fresh);
    spawn_quickly(p, parent ? parent->id : 0, fn, known_as, arguments, count, pc);
    work_share_if_hungry(p);
}

/* What frames of the goroutines before left where this one's will lie: its frames do not write all that they span, and an old
 * pointer there would seem to be one of this goroutine's to who looks for what is blocked for ever. */
#ifdef GORO_RACE
static GORO_NOINLINE void clear_old_frames(struct stack *s) {
    enum { WORDS = 256 };
    uint64_t frames[WORDS];
    if (s->used) {
        for (int i = 0; i < WORDS; i++) frames[i] = 0;
        __asm__ volatile("" ::"r"(frames) : "memory");
    }
    s->used = true;
}
#endif

/* Runs the goroutine's own code, outside of the runtime. */
GORO_INLINE void run_function(struct m *m, struct g *g) {
    void (*fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) =
        (void (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t))g->fn;
    const uint64_t *from = g->arguments; /* one by one: gcc copies 48 bytes by rep movs, which takes 10 ns to start */
    uint64_t a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5];
    g->slot = NULL;
    g->deferred = NULL;
    g->name = NULL;
    g->bound_m = NULL;
    *m->errno_address = 0;
#ifdef GORO_RACE
    clear_old_frames(g->stack);
#endif
    leave_quickly(m); /* it is no foreign thread's */
    CONTEXT_FORGET();
    fn(a, b, c, d, e, f);
    runtime_enter();
    if (unlikely(g->deferred != NULL)) deferred_run(g);
}

/* `g` takes over the stack that we stand on. */
static void take_over_stack(struct m *m, struct g *g, struct stack *s, void *fiber) {
    g->stack = s;
    g->fiber = fiber;
    g->flags = 0;
    hook_task_stack(g->task, stack_low(s), stack_high(s));
    set_running(m, g);
}

/* The goroutine has ended; comes back only if the next one starts on this very stack. */
GORO_INLINE void end_goroutine(struct m *m, struct g *g) {
    struct p *p = m->p;
    struct stack *s = g->stack;
    if (unlikely(hint_get(g->flags) & G_LOCKED)) {
        g->thread_locks = 1; /* of however many: the last */
        thread_unlock(g);
    }
    if (unlikely(g->name != NULL)) cell_put(g->name);
    hook_task_end(g->task);
    g->state = G_FREE;
    hint_set(p->alive, p->alive - 1);
    g->next = p->free_g;
    p->free_g = g;
    if (unlikely(++p->free_count > 1024)) records_drain(p);

    struct g *next = pick_any(m, p);
    if (next && !is_ordinary(next)) {
        if (hint_get(next->flags) & G_FRESH) {
            take_over_stack(m, next, s, g->fiber);
            return;
        }
        if (unlikely(next->bound_m != m)) next = pick_special(m, next);
    }
    fiber_end_later(m, g);
    stack_put(&p->stacks, s); /* ours until we have left it: see stack_put */
    if (next) {
        set_running(m, next);
        fiber_leave(m, g, next, true);
        context_jump(&next->context, m);
    }
    set_scheduling(m);
    fiber_leave(m, g, NULL, true);
    context_jump(&m->context, m);
}

/* The root of every stack of ours: goroutines one after another, or the scheduler of main's thread. The carry is the M, or
 * an address within it: then the goroutine has ended (g_exit). */
enum { ENDED = 1 };
void stack_main(void *carry) {
    bool ended = (uintptr_t)carry & ENDED;
    struct m *m = (void *)((char *)carry - ended);
    if (!ended) {
        fiber_arrive(m, m->g);
        if (!CONTEXT_ROOT_DROPS_LOCK) switch_finish(m);
        if (unlikely(!m->g)) scheduler_loop(m);
    }
    for (;;) {
        struct g *g = m->g;
        if (!ended) run_function(m, g);
        ended = false;
        m = g->m;
        end_goroutine(m, g);
    }
}

/* Main and foreign threads have no stack of ours to restart: main waits for ever, so that the others can end, and a
 * foreign thread ends as a thread. */
static _Noreturn void exit_thread(struct g *g) {
    if (hint_get(g->flags) & G_FOREIGN) {
        runtime_leave(g);
        pthread_exit(NULL);
    }
    for (;;) park(g, NULL, HOOK_OBJECT_NONE, NULL, 0);
}

void g_exit(struct g *g) {
    deferred_run(g);
    if (!g->stack) exit_thread(g);
    context_make(&g->context, stack_top(g->stack), context_restart);
    fiber_unwind();
    context_jump(&g->context, (char *)g->m + ENDED);
}
