/* Groups of goroutines with a first failure: golang.org/x/sync/errgroup, made of a WaitGroup, a semaphore and a context.
 *
 * The context lives inside the group, so that it can be looked at for as long as the group can, and needs no free.
 *
 * Threads: any; the result under lock_. */
#include "runtime/context.h"
#include "runtime/group.h"

static struct goro_ctx *context_of(goro_group *g) { return (struct goro_ctx *)g->ctx_; }
_Static_assert(sizeof(struct goro_ctx) <= sizeof(((goro_group *)0)->ctx_), "goro.h has room for a group's context");

GORO_API void goro_group_init(goro_group *group, goro_ctx *parent) {
    *group = (goro_group){.limited_ = false};
    struct g *g = runtime_enter();
    ctx_init(context_of(group), parent ? parent : goro_ctx_background(), CALLER);
    context_of(group)->embedded = true;
    runtime_leave(g);
}

GORO_API goro_ctx *goro_group_ctx(goro_group *group) { return context_of(group); }

GORO_API void goro_group_set_limit(goro_group *group, int n) {
    if (group->wg_.count_ != 0) {
        runtime_enter();
        panic_raise(HOOK_PANIC, group, CALLER,
                    "errgroup: modify limit while %ld goroutines in the group are still active", group->wg_.count_);
    }
    group->limited_ = n >= 0;
    if (n >= 0) goro_sem_init(&group->limit_, n);
}

/* The first failure is the group's. */
static void fail(goro_group *group, int result) {
    struct g *g = runtime_enter();
    lock_take(lock_of(&group->lock_));
    bool first = group->result_ == 0;
    if (first) group->result_ = result;
    lock_drop(lock_of(&group->lock_));
    runtime_leave(g);
    if (first) goro_ctx_cancel(context_of(group));
}

static void finish_call(void *argument) {
    goro_group *group = argument;
    if (group->limited_) goro_sem_release(&group->limit_, 1);
    goro_wg_done(&group->wg_); /* the group may be gone from here on */
}

static void run_call(goro_group *group, int (*fn)(void *), void *argument) {
    goro_at_exit(finish_call, group);
    int result = fn(argument);
    if (result) fail(group, result);
}

GORO_API void goro_group_go(goro_group *group, int (*fn)(void *), void *argument) {
    uintptr_t pc = CALLER;
    if (group->limited_) sem_acquire_at(&group->limit_, NULL, 1, pc);
    wg_add_at(&group->wg_, 1, pc);
    struct g *g = runtime_enter();
    const uint64_t arguments[] = {(uint64_t)group, (uint64_t)fn, (uint64_t)argument};
    spawn(g, (void (*)(void))run_call, (uintptr_t)fn, arguments, 3, pc);
    runtime_leave(g);
}

GORO_API int goro_group_wait(goro_group *group) {
    wg_wait_at(&group->wg_, CALLER);
    struct g *g = runtime_enter();
    ctx_end(context_of(group), g);
    runtime_leave(g);
    return group->result_;
}
