/* Contexts: a tree of cancellations.
 *
 * Every derived context, one with a value too, has a done channel of its own, inside it.
 *
 * Always true, under tree_lock
 *  1. err != 0 exactly if done is closed; err == 0 implies the same for its parent.
 *  2. A context stands in its parent's list from its making until it is free'd (but the background keeps no list).
 *  3. references counts the user's own (until goro_ctx_free) and the contexts whose parent it is; at zero it is free'd.
 *     Values are looked up along `parent`, so a parent's memory outlives its children's.
 *
 * Clocks: the context at which a cancellation begins has one; it is released to by the canceller, or was by its maker
 * if the deadline cancels. All that are cancelled with it refer to the same one, as their done channels' close clock.
 *
 * Threads: any that is inside the runtime. One lock for all trees: the wheel's lock comes before it, channels' after.
 * Alarms are therefore set and cleared without it. */
#include "runtime/context.h"
#include "runtime/poller.h"

#include <errno.h>
#include <stdlib.h>

static struct lock tree_lock;
static struct goro_ctx background = {.references = 1};

/* -- the tree, under the lock ------------------------------------------------------------------------------------------ */

static void link_child(struct goro_ctx *parent, struct goro_ctx *child) {
    child->parent = parent;
    if (parent == &background) return;
    parent->references++;
    child->next = parent->first_child;
    child->prev = NULL;
    if (child->next) child->next->prev = child;
    parent->first_child = child;
}

/* The parent's reference is the caller's to drop. */
static void unlink_child(struct goro_ctx *child) {
    if (child->parent == &background) return;
    if (child->next) child->next->prev = child->prev;
    if (child->prev) child->prev->next = child->next;
    else child->parent->first_child = child->next;
    child->next = child->prev = NULL;
}

/* Lets go of one reference; returns what is to be free'd, linked by `todo`. */
static struct goro_ctx *drop_reference(struct goro_ctx *ctx) {
    struct goro_ctx *dead = NULL;
    while (ctx && ctx != &background && --ctx->references == 0 && !ctx->embedded) {
        unlink_child(ctx);
        ctx->todo = dead;
        dead = ctx;
        ctx = ctx->parent;
    }
    return dead;
}

static void free_dead(struct goro_ctx *dead) {
    while (dead) {
        struct goro_ctx *next = dead->todo;
        if (dead->has_clock) hook_sync_free(dead->done.close_clock);
        hook_block_free(dead);
        free(dead);
        dead = next;
    }
}

/* Closes one's done channel; prepends whom to wake to `chain`. */
static struct waiter *cancel_one(struct goro_ctx *ctx, int err, void *clock, struct waiter *chain) {
    if (ctx->has_clock && ctx->done.close_clock != clock) {
        hook_sync_free(ctx->done.close_clock);
        ctx->has_clock = false;
    }
    __atomic_store_n(&ctx->err, err, __ATOMIC_RELEASE); /* pairs with goro_ctx_err's load */
    hook_object_free(HOOK_CONTEXT, ctx, 0);
    lock_take(&ctx->done.lock);
    ctx->done.close_clock = clock;
    struct waiter *woken = chan_close_locked(&ctx->done);
    lock_drop(&ctx->done.lock);
    if (!woken) return chain;
    struct waiter *last = woken;
    while (last->next) last = last->next;
    last->next = chain;
    return woken;
}

/* Cancels ctx and all below it; returns whom to wake. `g`: who does it; NULL: the deadline. */
static struct waiter *cancel_tree(struct goro_ctx *ctx, int err, struct g *g) {
    if (ctx->err) return NULL;
    if (!ctx->done.close_clock) {
        ctx->done.close_clock = hook_sync_new();
        ctx->has_clock = true;
    }
    if (g) hook_release(task_of(g), ctx->done.close_clock);
    void *clock = ctx->done.close_clock;
    struct waiter *chain = NULL;
    struct goro_ctx *last = ctx; /* of a queue, since the tree may be deep */
    ctx->todo = NULL;
    for (struct goro_ctx *c = ctx; c; c = c->todo) {
        chain = cancel_one(c, err, clock, chain);
        for (struct goro_ctx *child = c->first_child; child; child = child->next) {
            if (child->err) continue;
            child->todo = NULL;
            last->todo = child;
            last = child;
        }
    }
    return chain;
}

/* -- making --------------------------------------------------------------------------------------------------------------- */

void ctx_init(struct goro_ctx *ctx, struct goro_ctx *parent, uintptr_t pc) {
    *ctx = (struct goro_ctx){.references = 1};
    chan_init(&ctx->done, 0, 0, NULL);
    ctx->done.internal = true;
    hook_object_new(HOOK_CONTEXT, ctx, sizeof *ctx, 0, pc);
    lock_take(&tree_lock);
    link_child(parent, ctx);
    if (parent->err) cancel_one(ctx, parent->err, parent->done.close_clock, NULL);
    lock_drop(&tree_lock);
}

static struct goro_ctx *derive(struct goro_ctx *parent, uintptr_t pc) {
    if (!parent) panic_raise(HOOK_PANIC, NULL, pc, "cannot create context from nil parent");
    struct goro_ctx *ctx = malloc(sizeof *ctx);
    if (!ctx) environment_error("malloc", "no memory for a context", ENOMEM);
    ctx_init(ctx, parent, pc);
    hook_block_new(ctx, sizeof *ctx, pc);
    return ctx;
}

static void ring_deadline(struct alarm *a, int64_t now) {
    (void)now;
    struct goro_ctx *ctx = container_of(a, struct goro_ctx, alarm);
    lock_take(&tree_lock);
    struct waiter *chain = cancel_tree(ctx, GORO_DEADLINE_EXCEEDED, NULL);
    lock_drop(&tree_lock);
    chan_wake_all(chain);
}

static bool deadline_can_wake(const struct alarm *a) { return !container_of(a, struct goro_ctx, alarm)->err; }

const struct goro_ctx *ctx_of_deadline(const struct alarm *a) {
    return a->ring == ring_deadline ? container_of(a, const struct goro_ctx, alarm) : NULL;
}

/* `now` is the clock, or CLOCK_UNREAD: wheel.h. */
static struct goro_ctx *derive_until(struct goro_ctx *parent, int64_t ns, int64_t now, uintptr_t pc) {
    struct g *g = runtime_enter();
    struct goro_ctx *ctx = derive(parent, pc);
    struct waiter *chain = NULL;
    lock_take(&tree_lock);
    if (!ctx->err && ns <= 0) {
        chain = cancel_tree(ctx, GORO_DEADLINE_EXCEEDED, g);
    } else if (!ctx->err) {
        ctx->done.close_clock = hook_sync_new();
        ctx->has_clock = true;
        hook_release(task_of(g), ctx->done.close_clock);
    }
    bool alive = !ctx->err;
    lock_drop(&tree_lock);
    chan_wake_all(chain);
    if (alive) {
        ctx->alarm.ring = ring_deadline;
        ctx->alarm.can_wake = deadline_can_wake;
        alarm_set_in(&ctx->alarm, ns, now);
    }
    runtime_leave(g);
    return ctx;
}

GORO_API goro_ctx *goro_ctx_background(void) { return &background; }

GORO_API goro_ctx *goro_ctx_with_cancel(goro_ctx *parent) {
    struct g *g = runtime_enter();
    struct goro_ctx *ctx = derive(parent, CALLER);
    runtime_leave(g);
    return ctx;
}

GORO_API goro_ctx *goro_ctx_with_value(goro_ctx *parent, const void *key, void *value) {
    struct g *g = runtime_enter();
    if (!key) panic_raise(HOOK_PANIC, parent, CALLER, "nil key");
    struct goro_ctx *ctx = derive(parent, CALLER);
    hook_object_free(HOOK_CONTEXT, ctx, 0); /* ends with its parent: nobody need cancel it */
    ctx->key = key;
    ctx->value = value;
    runtime_leave(g);
    return ctx;
}

GORO_API goro_ctx *goro_ctx_with_timeout(goro_ctx *parent, int64_t ns) {
    return derive_until(parent, ns, alarm_clock(ns), CALLER);
}

GORO_API goro_ctx *goro_ctx_with_deadline(goro_ctx *parent, int64_t time) {
    int64_t now = pace_now();
    return derive_until(parent, time > now ? time - now : 0, now, CALLER);
}

/* -- using ------------------------------------------------------------------------------------------------------------------ */

/* ctx is touched no more once the woken ones may run: they may free it. */
static void cancel(struct goro_ctx *ctx, struct g *g) {
    alarm_clear(&ctx->alarm);
    lock_take(&tree_lock);
    struct waiter *chain = cancel_tree(ctx, GORO_CANCELED, g);
    lock_drop(&tree_lock);
    chan_wake_all(chain);
}

GORO_API void goro_ctx_cancel(goro_ctx *ctx) {
    if (ctx == &background) return;
    struct g *g = runtime_enter();
    cancel(ctx, g);
    runtime_leave(g);
}

GORO_API chan_rx(goro_empty) goro_ctx_done(goro_ctx *ctx) {
    return __extension__(chan_rx(goro_empty))(void *)(ctx == &background ? NULL : &ctx->done);
}

GORO_API int goro_ctx_err(goro_ctx *ctx) {
    struct g *g = runtime_enter();
    int err = __atomic_load_n(&ctx->err, __ATOMIC_ACQUIRE); /* pairs with cancel_one's store */
    if (err) {
        lock_take(&tree_lock); /* the clock is set a moment after err */
        hook_acquire(task_of(g), ctx->done.close_clock);
        lock_drop(&tree_lock);
    }
    runtime_leave(g);
    return err;
}

GORO_API void *goro_ctx_value(goro_ctx *ctx, const void *key) {
    for (; ctx; ctx = ctx->parent)
        if (ctx->key == key && key) return ctx->value;
    return NULL;
}

GORO_API void goro_ctx_free(goro_ctx *ctx) {
    if (!ctx || ctx == &background) return;
    struct g *g = runtime_enter();
    if (ctx->embedded) panic_raise(HOOK_PANIC, ctx, CALLER, "goro_ctx_free of a group's context");
    cancel(ctx, g);
    lock_take(&tree_lock);
    struct goro_ctx *dead = drop_reference(ctx);
    lock_drop(&tree_lock);
    free_dead(dead);
    runtime_leave(g);
}

void ctx_end(struct goro_ctx *ctx, struct g *g) {
    cancel(ctx, g);
    lock_take(&tree_lock);
    struct goro_ctx *parent = ctx->parent;
    for (struct goro_ctx *child; (child = ctx->first_child);) { /* to the grandparent: ctx itself has no value */
        unlink_child(child);
        ctx->references--;
        link_child(parent, child);
    }
    unlink_child(ctx);
    ctx->parent = NULL;
    struct goro_ctx *dead = drop_reference(parent);
    lock_drop(&tree_lock);
    free_dead(dead);
}

size_t ctx_check(struct goro_ctx *ctx) {
    size_t n = 1;
    goro_assert(ctx->references > 0);
    goro_assert((ctx->err != 0) == ctx->done.closed);
    for (struct goro_ctx *c = ctx->first_child; c; c = c->next) {
        goro_assert(c->parent == ctx);
        goro_assert(!ctx->err || c->err);
        goro_assert(c->prev ? c->prev->next == c : ctx->first_child == c);
        n += ctx_check(c);
    }
    return n;
}
