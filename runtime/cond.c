/* Condition variables over either kind of lock.
 *
 * A waiter joins the queue before it releases the lock, so a signal given under the lock is never missed; and it keeps
 * the condition's own short lock until it is parked, so whoever stands in the queue is parked.
 *
 * Clocks: each signal releases to exactly the waiter that it wakes: REL, then ACQ for the waiter, under lock_.
 * Threads: any that is inside the runtime. lock_ comes before the locker's own short lock. */
#include "runtime/mutex.h"

enum locker_kind { LOCKER_NONE, LOCKER_MUTEX, LOCKER_WRITE, LOCKER_READ };

typedef void mutex_operation(goro_mutex *, struct g *, uintptr_t);
typedef void rwmutex_operation(goro_rwmutex *, struct g *, uintptr_t);

static void operate(const goro_cond *c, struct g *g, uintptr_t pc, mutex_operation *on_mutex,
                    rwmutex_operation *on_write, rwmutex_operation *on_read) {
    switch (c->kind_) {
    case LOCKER_MUTEX: on_mutex(c->locker_, g, pc); break;
    case LOCKER_WRITE: on_write(c->locker_, g, pc); break;
    case LOCKER_READ: on_read(c->locker_, g, pc); break;
    default: fatal_raise(HOOK_PANIC, c, pc, "sync: goro_cond used without goro_cond_init");
    }
}

static void init(goro_cond *c, enum locker_kind kind, void *locker) {
    *c = (goro_cond){.kind_ = kind, .locker_ = locker};
}
GORO_API void goro_cond_init_mutex_(goro_cond *c, goro_mutex *m) { init(c, LOCKER_MUTEX, m); }
GORO_API void goro_cond_init_rwmutex_(goro_cond *c, goro_rwmutex *rw) { init(c, LOCKER_WRITE, rw); }
GORO_API void goro_cond_init_rlock(goro_cond *c, goro_rwmutex *rw) { init(c, LOCKER_READ, rw); }

/* Takes lock_. Go's sync.Cond panics when a copy of a used one is used, whatever its state. */
static void lock_own(goro_cond *c, uintptr_t pc) {
    hook_object_used(c, pc);
    lock_take(lock_of(&c->lock_));
    if (unlikely(c->self_ != c)) {
        if (c->self_) panic_raise(HOOK_GM003_COPIED, c, pc, "sync.Cond is copied");
        c->self_ = c;
    }
}

GORO_API void goro_cond_wait(goro_cond *c) {
    uintptr_t pc = CALLER;
    struct g *g = runtime_enter();
    struct waiter w = {.g = g};
    lock_own(c, pc);
    queue_push(&c->waiters_, &w);
    operate(c, g, pc, mutex_unlock, rwmutex_unlock, rwmutex_runlock);
    waiter_park(&w, lock_of(&c->lock_), HOOK_COND, c, pc);
    operate(c, g, pc, mutex_lock, rwmutex_lock, rwmutex_rlock);
    runtime_leave(g);
}

/* Takes the first waiter out and joins its clock. NULL: nobody waits. */
static struct waiter *signal_first(goro_cond *c, struct g *g) {
    struct waiter *w = queue_pop(&c->waiters_);
    if (!w) return NULL;
    hook_release(task_of(g), hook_sync_at(c));
    hook_acquire(task_of(w->g), hook_sync_at(c));
    return w;
}

GORO_API void goro_cond_signal(goro_cond *c) {
    struct g *g = runtime_enter();
    lock_own(c, CALLER);
    struct waiter *w = signal_first(c, g);
    lock_drop(lock_of(&c->lock_));
    if (w) ready(w->g);
    runtime_leave(g);
}

GORO_API void goro_cond_broadcast(goro_cond *c) {
    struct g *g = runtime_enter();
    lock_own(c, CALLER);
    struct waiter *first = NULL, **end = &first;
    for (struct waiter *w; (w = signal_first(c, g));) {
        *end = w;
        end = &w->next;
    }
    *end = NULL;
    lock_drop(lock_of(&c->lock_));
    waiters_wake_all(first);
    runtime_leave(g);
}
