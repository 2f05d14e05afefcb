/* Weighted semaphores, first come first served: golang.org/x/sync/semaphore.
 *
 * A goroutine that must wait for room and for its context at the same time is an ordinary select, of the context's done
 * channel and of a channel for the grant, in its own frame, with one place.
 *
 * Always true, under lock_
 *  1. 0 <= held_ <= size_.
 *  2. Somebody waits only while the first in the queue wants more than is free.
 *  3. Whoever is taken out of the queue has been granted what it wants.
 *
 * Threads: any that is inside the runtime. */
#include "runtime/chan.h"
#include "runtime/group.h"

struct sem_waiter {
    struct waiter waiter;
    struct chan *grant; /* NULL: parked on the semaphore alone */
};

GORO_API void goro_sem_init(goro_sem *s, int64_t n) { *s = (goro_sem){.size_ = n, .self_ = s}; }

static bool fits(const goro_sem *s, int64_t n) { return n <= s->size_ - s->held_; }

static void acquire(goro_sem *s, struct g *g, int64_t n) {
    s->held_ += n;
    if (g) hook_acquire(task_of(g), hook_sync_at(s));
}

/* Grants as many as fit, from the front; returns them linked by `next`. */
static struct waiter *grant_waiting(goro_sem *s) {
    struct waiter *first = NULL, **end = &first;
    while (s->waiters_.first && fits(s, s->waiters_.first->weight)) {
        struct waiter *w = queue_pop(&s->waiters_);
        /* one in a select may be running still, and joins the clock by itself */
        acquire(s, container_of(w, struct sem_waiter, waiter)->grant ? NULL : w->g, w->weight);
        w->next = NULL;
        *end = w;
        end = &w->next;
    }
    return first;
}

/* Lets those go on that have been granted; the lock is not held. */
static void wake_granted(struct waiter *w) {
    while (w) {
        struct waiter *next = w->next, *woken = NULL;
        struct chan *grant = container_of(w, struct sem_waiter, waiter)->grant;
        if (grant) {
            lock_take(&grant->lock);
            chan_send_locked(grant, NULL, NULL, 0, &woken);
            lock_drop(&grant->lock); /* from here on the frame that the channel is in may be gone, unless it waits */
            if (woken) chan_wake(woken);
        } else {
            ready_last(w->g);
        }
        w = next;
    }
}

static void release(goro_sem *s, int64_t n) {
    s->held_ -= n;
    struct waiter *granted = grant_waiting(s);
    lock_drop(lock_of(&s->lock_));
    wake_granted(granted);
}

/* The wait ended because ctx is done: leaves the queue. False: was granted meanwhile. */
static bool leave_queue(goro_sem *s, struct waiter *w) {
    lock_take(lock_of(&s->lock_));
    bool waited = w->queue != NULL;
    if (waited) {
        queue_remove(&s->waiters_, w);
        release(s, 0); /* the one behind may want less */
    } else {
        lock_drop(lock_of(&s->lock_));
    }
    return waited;
}

/* Takes the grant that is on its way: until it has come, whoever brings it needs the frame it comes to. Then gives it back. */
static void give_back(goro_sem *s, struct sem_waiter *w, uintptr_t pc) {
    goro_select_case granted = {.op = GORO_RECV, .chan = w->grant};
    (void)select_cases(&granted, 1, pc);
    struct g *g = runtime_enter();
    lock_take(lock_of(&s->lock_));
    release(s, w->waiter.weight);
    runtime_leave(g);
}

/* More than the semaphore has: no release can grant that, so it keeps nobody else out, and only ctx ends the wait. */
static int wait_in_vain(struct g *g, goro_ctx *ctx, const goro_sem *s, uintptr_t pc) {
    if (!ctx || !goro_ctx_done(ctx)) {
        struct waiter w = {.g = g};
        for (;;) waiter_park(&w, NULL, HOOK_SEM, s, pc);
    }
    runtime_leave(g);
    goro_select_case done = {.op = GORO_RECV, .chan = (void *)goro_ctx_done(ctx)};
    (void)select_cases(&done, 1, pc);
    return goro_ctx_err(ctx);
}

static void join_clock(goro_sem *s, struct g *g) {
    lock_take(lock_of(&s->lock_));
    hook_acquire(task_of(g), hook_sync_at(s));
    lock_drop(lock_of(&s->lock_));
}

/* The lock is held; drops it. */
static int wait_with_context(goro_sem *s, struct g *g, goro_ctx *ctx, int64_t n, uintptr_t pc) {
    struct chan grant;
    struct sem_waiter w = {.waiter = {.g = g, .weight = n}, .grant = &grant};
    chan_init(&grant, 0, 1, NULL);
    grant.internal = true;
    queue_push(&s->waiters_, &w.waiter);
    lock_drop(lock_of(&s->lock_));
    runtime_leave(g);
    goro_select_case cases[] = {{.op = GORO_RECV, .chan = (void *)goro_ctx_done(ctx)},
                                {.op = GORO_RECV, .chan = &grant}};
    int chosen = select_cases(cases, 2, pc);
    g = runtime_enter();
    bool unwanted = chosen == 0 && !leave_queue(s, &w.waiter);
    if (chosen != 0) join_clock(s, g);
    runtime_leave(g);
    if (unwanted) give_back(s, &w, pc);
    return chosen == 0 ? goro_ctx_err(ctx) : 0;
}

int sem_acquire_at(goro_sem *s, goro_ctx *ctx, int64_t n, uintptr_t pc) {
    int err = ctx ? goro_ctx_err(ctx) : 0;
    if (err) return err;
    hook_object_used(s, pc);
    struct g *g = runtime_enter();
    lock_take(lock_of(&s->lock_));
    OBJECT_OWN(s, &s->waiters_, s->held_ != 0, pc);
    if (fits(s, n) && !s->waiters_.first) {
        acquire(s, g, n);
        lock_drop(lock_of(&s->lock_));
    } else if (unlikely(n > s->size_)) {
        lock_drop(lock_of(&s->lock_));
        return wait_in_vain(g, ctx, s, pc);
    } else if (ctx && goro_ctx_done(ctx)) {
        return wait_with_context(s, g, ctx, n, pc);
    } else {
        struct sem_waiter w = {.waiter = {.g = g, .weight = n}};
        queue_push(&s->waiters_, &w.waiter);
        waiter_park(&w.waiter, lock_of(&s->lock_), HOOK_SEM, s, pc);
    }
    runtime_leave(g);
    return 0;
}

GORO_API int goro_sem_acquire(goro_sem *s, goro_ctx *ctx, int64_t n) { return sem_acquire_at(s, ctx, n, CALLER); }

GORO_API bool goro_sem_try_acquire(goro_sem *s, int64_t n) {
    hook_object_used(s, CALLER);
    struct g *g = runtime_enter();
    lock_take(lock_of(&s->lock_));
    OBJECT_OWN(s, &s->waiters_, s->held_ != 0, CALLER);
    bool acquired = fits(s, n) && !s->waiters_.first;
    if (acquired) acquire(s, g, n);
    lock_drop(lock_of(&s->lock_));
    runtime_leave(g);
    return acquired;
}

GORO_API void goro_sem_release(goro_sem *s, int64_t n) {
    uintptr_t pc = CALLER;
    hook_object_used(s, pc);
    struct g *g = runtime_enter();
    lock_take(lock_of(&s->lock_));
    OBJECT_OWN(s, &s->waiters_, s->held_ != 0, pc);
    if (unlikely(n > s->held_)) panic_raise(HOOK_PANIC, s, pc, "semaphore: released more than held");
    hook_release_merge(task_of(g), hook_sync_at(s));
    release(s, n);
    runtime_leave(g);
}
