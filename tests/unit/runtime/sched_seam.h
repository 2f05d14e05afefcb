/* What the scheduler's tests share: a latch on park and ready, and spawning through the seam. */
#ifndef GORO_TESTS_SCHED_SEAM_H
#define GORO_TESTS_SCHED_SEAM_H

#include "runtime/sched.h"

/* Counts down; whoever waits is parked until zero. */
struct latch {
    struct lock lock;
    unsigned left;
    struct g *waiter;
};

static inline void latch_done(struct latch *l) {
    struct g *g = runtime_enter();
    lock_take(&l->lock);
    struct g *waiter = --l->left == 0 ? l->waiter : NULL;
    lock_drop(&l->lock);
    if (waiter) ready(waiter);
    runtime_leave(g);
}

static inline void latch_wait(struct latch *l) {
    struct g *g = runtime_enter();
    lock_take(&l->lock);
    if (l->left) {
        l->waiter = g;
        park(g, &l->lock, HOOK_WG, l, 0);
    } else {
        lock_drop(&l->lock);
    }
    runtime_check(g);
    runtime_leave(g);
}

/* start(fn, a, b): fn takes two integers or pointers. */
static GORO_NOINLINE __attribute__((unused)) void start_goroutine(void (*fn)(void), uint64_t a, uint64_t b) {
    struct g *g = runtime_enter();
    spawn(g, fn, (uintptr_t)fn, (uint64_t[]){a, b}, 2, (uintptr_t)__builtin_return_address(0));
    runtime_leave(g);
}
#define start(fn, a, b) start_goroutine((void (*)(void))(fn), (uint64_t)(a), (uint64_t)(b))
#define address(p) ((uint64_t)(uintptr_t)(p))

static inline void check(void) {
    struct g *g = runtime_enter();
    runtime_check(g);
    runtime_leave(g);
}

static inline void pass(void) {
    struct g *g = runtime_enter();
    yield_now(g);
    runtime_leave(g);
}

#endif
