/* Condition variables over either kind of lock.
 *
 * A waiter joins the queue before it releases the lock, so a signal given under the lock is never missed. It may be
 * signalled before it is parked; then it does not park.
 *
 * Always true, under lock_
 *  1. Who is taken out of the queue has `ok` set, and is made ready by the signaller exactly if it was parked.
 *
 * Clocks: each signal releases to exactly the waiter that it wakes: REL, then ACQ for the waiter, under lock_.
 * Threads: any that is inside the runtime. */
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
    lock_drop(lock_of(&c->lock_));
    operate(c, g, pc, mutex_unlock, rwmutex_unlock, rwmutex_runlock);
    lock_take(lock_of(&c->lock_));
    if (w.ok) {
        lock_drop(lock_of(&c->lock_));
    } else {
        w.parked = true;
        waiter_park(&w, lock_of(&c->lock_), HOOK_COND, c, pc);
    }
    operate(c, g, pc, mutex_lock, rwmutex_lock, rwmutex_rlock);
    runtime_leave(g);
}

/* Takes the first waiter out and joins its clock. NULL: nobody waits. */
static struct waiter *signal_first(goro_cond *c, struct g *g) {
    struct waiter *w = queue_pop(&c->waiters_);
    if (!w) return NULL;
    hook_release(task_of(g), hook_sync_at(c));
    hook_acquire(task_of(w->g), hook_sync_at(c));
    w->ok = true;
    return w;
}

GORO_API void goro_cond_signal(goro_cond *c) {
    struct g *g = runtime_enter();
    lock_own(c, CALLER);
    struct waiter *w = signal_first(c, g);
    struct g *woken = w && w->parked ? w->g : NULL;
    lock_drop(lock_of(&c->lock_));
    if (woken) ready(woken);
    runtime_leave(g);
}

GORO_API void goro_cond_broadcast(goro_cond *c) {
    struct g *g = runtime_enter();
    lock_own(c, CALLER);
    struct waiter *first = NULL, **end = &first;
    for (struct waiter *w; (w = signal_first(c, g));) {
        if (!w->parked) continue; /* sees ok by itself, and is gone once the lock is dropped */
        *end = w;
        end = &w->next;
    }
    *end = NULL;
    lock_drop(lock_of(&c->lock_));
    waiters_wake_all(first);
    runtime_leave(g);
}
