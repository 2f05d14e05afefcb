/* Once: the first caller runs the function, the others wait until it has returned (or has left by goro_exit: that
 * counts, as a panic does in Go).
 *
 * Always true
 *  1. state_ goes from FRESH over RUNNING to DONE, never back. Somebody waits only while it is RUNNING.
 *
 * Threads: any. DONE is read without the lock on the fast path; all else under it. */
#include "runtime/waiter.h"

#include <errno.h>
#include <stdlib.h>

enum { FRESH, RUNNING, DONE };

/* Finishes a once whose function leaves by goro_exit; disarmed when it returns. The goroutine's end frees it. */
struct guard {
    goro_once *once;
};

static void finish(goro_once *once, struct g *g) {
    lock_take(lock_of(&once->lock_));
    hook_release(task_of(g), hook_sync_at(once));
    struct waiter *waiters = queue_take_all(&once->waiters_);
    for (struct waiter *w = waiters; w; w = w->next) hook_acquire(task_of(w->g), hook_sync_at(once));
    __atomic_store_n(&once->state_, DONE, __ATOMIC_RELEASE); /* pairs with the load in goro_once_begin_ */
    lock_drop(lock_of(&once->lock_));
    waiters_wake_all(waiters);
}

static void finish_abandoned(void *argument) {
    struct guard *guard = argument;
    if (guard->once) {
        struct g *g = runtime_enter();
        finish(guard->once, g);
        runtime_leave(g);
    }
    free(guard);
}

static void arm_guard(goro_once *once, struct g *g) {
    struct guard *guard = malloc(sizeof *guard);
    if (!guard || !g_defer(g, finish_abandoned, guard))
        environment_error("malloc", "no memory for a deferred call", ENOMEM);
    guard->once = once;
    once->guard_ = guard;
}

static bool is_done(const goro_once *once) {
    return __atomic_load_n(&once->state_, __ATOMIC_ACQUIRE) == DONE; /* pairs with the store in finish */
}

/* True: the caller is the first and runs the function. */
GORO_API bool goro_once_begin_(goro_once *once) {
    uintptr_t pc = CALLER;
#ifndef GORO_RACE
    if (likely(is_done(once))) return false;
#endif
    hook_object_used(once, pc);
    struct g *g = runtime_enter();
    lock_take(lock_of(&once->lock_));
    OBJECT_OWN(once, &once->waiters_, once->state_ != FRESH, pc);
    bool first = once->state_ == FRESH;
    if (first) __atomic_store_n(&once->state_, RUNNING, __ATOMIC_RELAXED); /* is_done may look meanwhile */
    if (!first && !is_done(once)) {
        struct waiter w = {.g = g};
        queue_push(&once->waiters_, &w);
        waiter_park(&w, lock_of(&once->lock_), HOOK_ONCE, once, pc);
        runtime_leave(g);
        return false;
    }
    if (!first) hook_acquire(task_of(g), hook_sync_at(once));
    lock_drop(lock_of(&once->lock_));
    if (first) arm_guard(once, g);
    runtime_leave(g);
    return first;
}

GORO_API void goro_once_end_(goro_once *once) {
    struct g *g = runtime_enter();
    ((struct guard *)once->guard_)->once = NULL;
    finish(once, g);
    runtime_leave(g);
}
