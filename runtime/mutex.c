/* Mutexes: Go's, with its two aims: throughput while nobody starves.
 *
 * A goroutine that finds the mutex locked queues. An unlock wakes the first of the queue but does not give it the lock:
 * whoever comes first may have it, so that a goroutine that locks and unlocks in a loop need not switch each time. One
 * that was woken in vain goes back to the front, and is handed the lock by the next unlock, whatever comes in between.
 * Hence nobody is overtaken more than once after reaching the front. (Go hands over after a millisecond of waiting; this
 * needs no clock.)
 *
 * Always true
 *  1. state_ is twice the id of the goroutine that locked it, 0 if unlocked; plus CONTENDED. Any goroutine may unlock.
 *  2. While CONTENDED is set, state_ is changed under lock_ only, as all else is always. Without it nobody waits or is
 *     being woken, and one compare-and-swap locks or unlocks.
 *  3. If the mutex is unlocked and somebody waits, `waking_` says that one has been woken and will look.
 *
 * Threads: any that is inside the runtime. A watcher must see each operation beside the clock that it changes, under lock_:
 * with one there is no quick way.
 *
 * Not done: handing over only after a millisecond of waiting, as Go does. Eight goroutines with a yield inside the lock,
 * GOMAXPROCS=2, CPU time per lock: 55 ns so, 30 as it is (Go 1.19: 120); without the yield no difference (15; Go: 17). */
#include "runtime/mutex.h"

enum { CONTENDED = 1 };

GORO_INLINE uint64_t owned_by(const struct g *g) { return g->id * 2; }

/* Success is acquire and release: pairs with itself, and with the stores under lock_ by the lock's own order. */
GORO_INLINE bool state_cas(goro_mutex *m, uint64_t from, uint64_t to) {
    return atomic_cas_inside(&m->state_, &from, to);
}
GORO_INLINE uint64_t state_get(const goro_mutex *m) { return __atomic_load_n(&m->state_, __ATOMIC_RELAXED); }

/* -- the quick ways: nobody waits ---------------------------------------------------------------------------------- */

#ifdef GORO_RACE
GORO_INLINE bool lock_quickly(goro_mutex *m, struct g *g) { return (void)m, (void)g, false; }
GORO_INLINE bool unlock_quickly(goro_mutex *m) { return (void)m, false; }
#else
/* A copy of a mutex that is not contended is as good as a new one: self_ is looked at by the slow ways. */
GORO_INLINE bool lock_quickly(goro_mutex *m, struct g *g) { return state_cas(m, 0, owned_by(g)); }

GORO_INLINE bool unlock_quickly(goro_mutex *m) {
    bool multi = atomic_is_multi(); /* before the look: who is alone by then sees what the last one left */
    uint64_t state = state_get(m);
    if (unlikely(!state || state & CONTENDED)) return false;
    if (multi) return state_cas(m, state, 0);
    __atomic_store_n(&m->state_, 0, __ATOMIC_RELAXED); /* nobody is in between */
    return true;
}
#endif

/* -- under lock_ ----------------------------------------------------------------------------------------------------- */

static void begin(goro_mutex *m, uintptr_t pc) {
    lock_take(lock_of(&m->lock_));
    if (likely(m->self_ == m)) return;
    object_copied(&m->self_, m, &m->waiters_, state_get(m) != 0, pc);
    m->waking_ = false; /* who was woken looks at the original */
}

GORO_INLINE uint64_t contended_if_waited_for(const goro_mutex *m) {
    return m->waiters_.first || m->waking_ ? CONTENDED : 0;
}

static void tell_taken(goro_mutex *m, struct g *g, unsigned mode, uintptr_t pc) {
    hook_lock_taken(task_of(g), HOOK_MUTEX, m, mode, pc);
}

/* Locks it for g if it is unlocked; else makes sure that the unlock comes by here. */
static bool take_or_contend(goro_mutex *m, struct g *g, unsigned mode, uintptr_t pc) {
    for (;;) {
        uint64_t state = state_get(m);
        bool free = state <= CONTENDED;
        if (!state_cas(m, state, free ? owned_by(g) | contended_if_waited_for(m) : state | CONTENDED)) continue;
        if (free) tell_taken(m, g, mode, pc);
        return free;
    }
}

static GORO_NOINLINE void lock_slowly(goro_mutex *m, struct g *g, uintptr_t pc) {
    struct waiter w;
    waiter_init(&w, g, NULL);
    w.pc = pc;
    w.passed_over = false;
    begin(m, pc);
    if (!take_or_contend(m, g, HOOK_LOCK_WRITE, pc)) {
        queue_push(&m->waiters_, &w);
        for (;;) {
            waiter_park(&w, lock_of(&m->lock_), HOOK_MUTEX, m, pc);
            if (w.ok) return; /* handed over */
            lock_take(lock_of(&m->lock_));
            m->waking_ = false;
            if (take_or_contend(m, g, HOOK_LOCK_WRITE, pc)) break;
            w.passed_over = true;
            queue_push_front(&m->waiters_, &w);
        }
    }
    lock_drop(lock_of(&m->lock_));
}

/* Whom an unlock wakes; NULL: nobody waits, or one is on its way already. */
static struct waiter *next_owner(goro_mutex *m) {
    struct waiter *w = m->waiters_.first;
    if (!w || m->waking_) return NULL;
    queue_remove(&m->waiters_, w);
    m->waking_ = !w->passed_over;
    return w;
}

/* The state, CONTENDED from now on if it is locked. */
static uint64_t contend(goro_mutex *m) {
    for (;;) {
        uint64_t state = state_get(m);
        if (state == 0 || state & CONTENDED || state_cas(m, state, state | CONTENDED)) return state;
    }
}

/* Unlocked, it stays CONTENDED: the next one to lock it then waits for lock_drop, and the mutex is not free'd before. */
static GORO_NOINLINE void unlock_slowly(goro_mutex *m, struct g *g, uintptr_t pc) {
    begin(m, pc);
    if (unlikely(contend(m) <= CONTENDED))
        fatal_raise(HOOK_GM001_UNLOCK_OF_UNLOCKED, m, pc, "sync: unlock of unlocked mutex");
    hook_lock_dropped(task_of(g), HOOK_MUTEX, m, HOOK_LOCK_WRITE, pc);
    struct waiter *w = next_owner(m);
    uint64_t state = CONTENDED;
    if (w && w->passed_over) {
        w->ok = true;
        tell_taken(m, w->g, HOOK_LOCK_WRITE, w->pc);
        state = owned_by(w->g) | contended_if_waited_for(m);
    }
    __atomic_store_n(&m->state_, state, __ATOMIC_RELEASE); /* pairs with state_cas */
    lock_drop(lock_of(&m->lock_));
    if (w) ready(w->g);
}

void mutex_lock(goro_mutex *m, struct g *g, uintptr_t pc) {
    if (!lock_quickly(m, g)) lock_slowly(m, g, pc);
}

void mutex_unlock(goro_mutex *m, struct g *g, uintptr_t pc) {
    if (!unlock_quickly(m)) unlock_slowly(m, g, pc);
}

/* -- the public calls: no frame on the quick way ------------------------------------------------------------------------ */

static GORO_NOINLINE void lock_and_leave(goro_mutex *m, uintptr_t pc) {
    hook_begins(pc);
    struct g *g = runtime_enter();
    lock_slowly(m, g, pc);
    runtime_leave(g);
}

static GORO_NOINLINE void unlock_and_leave(goro_mutex *m, uintptr_t pc) {
    struct g *g = runtime_enter();
    unlock_slowly(m, g, pc);
    runtime_leave(g);
}

GORO_API void goro_mutex_lock(goro_mutex *m) {
    hook_object_used(m, CALLER);
    struct m *self = enter_quickly();
    if (likely(self && lock_quickly(m, self->g))) leave_quickly(self);
    else lock_and_leave(m, CALLER);
}

GORO_API void goro_mutex_unlock(goro_mutex *m) {
    hook_object_used(m, CALLER);
    struct m *self = enter_quickly();
    if (likely(self && unlock_quickly(m))) leave_quickly(self);
    else unlock_and_leave(m, CALLER);
}

static bool try_under_lock(goro_mutex *m, struct g *g, uintptr_t pc) {
    begin(m, pc);
    bool taken = state_get(m) <= CONTENDED && take_or_contend(m, g, HOOK_LOCK_TRIED, pc);
    lock_drop(lock_of(&m->lock_));
    return taken;
}

GORO_API bool goro_mutex_try_lock(goro_mutex *m) {
    hook_object_used(m, CALLER);
    struct g *g = runtime_enter();
    bool taken = lock_quickly(m, g) || try_under_lock(m, g, CALLER);
    runtime_leave(g);
    return taken;
}
