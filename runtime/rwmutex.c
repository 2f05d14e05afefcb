/* Read-write mutexes, preferring writers as Go's do, and starving nobody.
 *
 * A waiting writer keeps new readers out; an unlock lets in all readers that wait, before the next writer. So readers and
 * writers take turns, and each waits for at most one turn of the other kind and its own queue.
 *
 * Always true, under lock_
 *  1. Not both: writer_ != 0 and readers_ > 0.
 *  2. A reader waits only while there is a writer or one waits; a writer only while there is a writer or readers.
 *  3. Whoever is taken out of a queue has been given the lock.
 *
 * Clocks: the object has two, at its address (w: unlock releases; hook_lock_taken and _dropped see to it) and eight bytes
 * further on (r: runlocks merge).
 * Threads: any that is inside the runtime. */
#include "runtime/mutex.h"

static void *read_clock(goro_rwmutex *rw) { return hook_sync_at((char *)rw + 8); }

static bool in_use(const goro_rwmutex *rw) { return rw->writer_ || rw->readers_; }

static void own(goro_rwmutex *rw, uintptr_t pc) {
    if (likely(rw->self_ == rw)) return;
    bool copied = rw->self_ != NULL;
    object_copied(&rw->self_, rw, &rw->waiting_readers_, in_use(rw), pc);
    if (copied) rw->waiting_writers_ = (struct goro_queue_){NULL, NULL};
}

static void admit_reader(goro_rwmutex *rw, struct g *g, unsigned tried, uintptr_t pc) {
    rw->readers_++;
    hook_lock_taken(task_of(g), HOOK_RWMUTEX, rw, HOOK_LOCK_READ | tried, pc);
}

static void admit_writer(goro_rwmutex *rw, struct g *g, unsigned tried, uintptr_t pc) {
    rw->writer_ = g_id(g);
    hook_lock_taken(task_of(g), HOOK_RWMUTEX, rw, HOOK_LOCK_WRITE | tried, pc);
    hook_acquire(task_of(g), read_clock(rw));
}

static struct waiter *admit_next_writer(goro_rwmutex *rw) {
    struct waiter *w = queue_pop(&rw->waiting_writers_);
    if (w) {
        w->next = NULL;
        admit_writer(rw, w->g, 0, w->pc);
    }
    return w;
}

static struct waiter *admit_all_readers(goro_rwmutex *rw) {
    struct waiter *all = queue_take_all(&rw->waiting_readers_);
    for (struct waiter *w = all; w; w = w->next) admit_reader(rw, w->g, 0, w->pc);
    return all;
}

static void wait_turn(goro_rwmutex *rw, struct goro_queue_ *q, struct g *g, uintptr_t pc) {
    struct waiter w = {.g = g, .pc = pc};
    queue_push(q, &w);
    waiter_park(&w, lock_of(&rw->lock_), HOOK_RWMUTEX, rw, pc);
}

static bool reader_may_enter(const goro_rwmutex *rw) { return !rw->writer_ && !rw->waiting_writers_.first; }

void rwmutex_rlock(goro_rwmutex *rw, struct g *g, uintptr_t pc) {
    lock_take(lock_of(&rw->lock_));
    own(rw, pc);
    if (!reader_may_enter(rw)) {
        wait_turn(rw, &rw->waiting_readers_, g, pc);
        return;
    }
    admit_reader(rw, g, 0, pc);
    lock_drop(lock_of(&rw->lock_));
}

void rwmutex_lock(goro_rwmutex *rw, struct g *g, uintptr_t pc) {
    lock_take(lock_of(&rw->lock_));
    own(rw, pc);
    if (in_use(rw)) {
        wait_turn(rw, &rw->waiting_writers_, g, pc);
        return;
    }
    admit_writer(rw, g, 0, pc);
    lock_drop(lock_of(&rw->lock_));
}

void rwmutex_runlock(goro_rwmutex *rw, struct g *g, uintptr_t pc) {
    lock_take(lock_of(&rw->lock_));
    own(rw, pc);
    if (unlikely(!rw->readers_))
        fatal_raise(HOOK_GM001_RUNLOCK_OF_UNLOCKED, rw, pc, "sync: RUnlock of unlocked RWMutex");
    hook_lock_dropped(task_of(g), HOOK_RWMUTEX, rw, HOOK_LOCK_READ, pc);
    hook_release_merge(task_of(g), read_clock(rw));
    struct waiter *woken = --rw->readers_ == 0 ? admit_next_writer(rw) : NULL;
    lock_drop(lock_of(&rw->lock_));
    if (woken) ready(woken->g);
}

void rwmutex_unlock(goro_rwmutex *rw, struct g *g, uintptr_t pc) {
    lock_take(lock_of(&rw->lock_));
    own(rw, pc);
    if (unlikely(!rw->writer_))
        fatal_raise(HOOK_GM001_UNLOCK_OF_UNLOCKED, rw, pc, "sync: Unlock of unlocked RWMutex");
    hook_lock_dropped(task_of(g), HOOK_RWMUTEX, rw, HOOK_LOCK_WRITE, pc);
    rw->writer_ = 0;
    struct waiter *woken = rw->waiting_readers_.first ? admit_all_readers(rw) : admit_next_writer(rw);
    lock_drop(lock_of(&rw->lock_));
    waiters_wake_all(woken);
}

static bool try_enter(goro_rwmutex *rw, struct g *g, enum hook_lock_mode mode, uintptr_t pc) {
    lock_take(lock_of(&rw->lock_));
    own(rw, pc);
    bool entered = mode == HOOK_LOCK_READ ? reader_may_enter(rw) : !in_use(rw);
    if (entered) (mode == HOOK_LOCK_READ ? admit_reader : admit_writer)(rw, g, HOOK_LOCK_TRIED, pc);
    lock_drop(lock_of(&rw->lock_));
    return entered;
}

/* The public calls: the same, bracketed. */
#define BRACKETED(operation)                                                                                           \
    uintptr_t pc = CALLER;                                                                                             \
    hook_object_used(rw, pc);                                                                                          \
    struct g *g = runtime_enter();                                                                                     \
    operation(rw, g, pc);                                                                                              \
    runtime_leave(g)

GORO_API void goro_rwmutex_lock(goro_rwmutex *rw) {
    hook_begins(CALLER);
    BRACKETED(rwmutex_lock);
}
GORO_API void goro_rwmutex_unlock(goro_rwmutex *rw) { BRACKETED(rwmutex_unlock); }
GORO_API void goro_rwmutex_rlock(goro_rwmutex *rw) {
    hook_begins(CALLER);
    BRACKETED(rwmutex_rlock);
}
GORO_API void goro_rwmutex_runlock(goro_rwmutex *rw) { BRACKETED(rwmutex_runlock); }

static bool try_bracketed(goro_rwmutex *rw, enum hook_lock_mode mode, uintptr_t pc) {
    hook_object_used(rw, pc);
    struct g *g = runtime_enter();
    bool entered = try_enter(rw, g, mode, pc);
    runtime_leave(g);
    return entered;
}
GORO_API bool goro_rwmutex_try_lock(goro_rwmutex *rw) { return try_bracketed(rw, HOOK_LOCK_WRITE, CALLER); }
GORO_API bool goro_rwmutex_try_rlock(goro_rwmutex *rw) { return try_bracketed(rw, HOOK_LOCK_READ, CALLER); }
