/* WaitGroups: a counter and those who wait for its zero.
 *
 * Always true, under the lock
 *  1. count_ >= 0; a negative one ends the program.
 *  2. Somebody waits only while count_ > 0: the change to zero takes all waiters out.
 *
 * Threads: any that is inside the runtime. The done that reaches zero joins the clocks of all waiters itself, under the
 * lock: once it is dropped the first waiter to return may free the WaitGroup. */
#include "runtime/group.h"
#include "runtime/park.h"
#include "runtime/spawn.h"

#include <errno.h>
#include <stdlib.h>

/* lock_ is held, and is released; all who waited go on. */
static void reach_zero(goro_wg *wg) {
    struct waiter *waiters = queue_take_all(&wg->waiters_);
#ifdef GORO_RACE
    for (struct waiter *w = waiters; w; w = w->next) hook_acquire(task_of(w->g), hook_sync_at(wg));
#endif
    lock_drop(lock_of(&wg->lock_));
    waiters_wake_all(waiters);
}

/* lock_ is held. True: the counter is zero, and somebody waits; else lock_ is released. */
GORO_INLINE bool change_locked(goro_wg *wg, struct g *g, int64_t n, uintptr_t pc) {
    hook_wg_add(task_of(g), wg, n, wg->count_, pc);
    if (n < 0) hook_release_merge(task_of(g), hook_sync_at(wg));
    wg->count_ += n;
    if (unlikely(wg->count_ < 0)) panic_raise(HOOK_GW002_NEGATIVE_COUNTER, wg, pc, "sync: negative WaitGroup counter");
    if (wg->count_ == 0 && wg->waiters_.first) return true;
    lock_drop(lock_of(&wg->lock_));
    return false;
}

static GORO_NOINLINE void add_the_long_way(goro_wg *wg, int64_t n, uintptr_t pc) {
    struct g *g = runtime_enter();
    lock_take(lock_of(&wg->lock_));
    OBJECT_OWN(wg, &wg->waiters_, wg->count_ != 0, pc);
    if (change_locked(wg, g, n, pc)) reach_zero(wg);
    runtime_leave(g);
}

static GORO_NOINLINE void reach_zero_and_leave_slowly(goro_wg *wg, struct m *m) {
    reach_zero(wg);
    leave_quickly(m);
}

/* Mostly one goroutine waits, and runs next. */
static GORO_NOINLINE void reach_zero_and_leave(goro_wg *wg, struct m *m) {
    struct waiter *w = wg->waiters_.first;
    struct p *p = m->p;
    if (unlikely(w->next || !ready_is_quick(p))) {
        reach_zero_and_leave_slowly(wg, m);
        return;
    }
    w->queue = NULL;
    queue_set_first(&wg->waiters_, NULL);
    wg->waiters_.last = NULL;
    lock_drop(lock_of(&wg->lock_));
    ready_quickly(p, w->g);
    leave_quickly(m);
}

/* No frame but in the functions that it ends in. */
GORO_INLINE void add(goro_wg *wg, int64_t n, uintptr_t pc) {
    hook_object_used(wg, pc);
    struct m *m = enter_quickly();
    if (unlikely(!m || !lock_take_quickly(lock_of(&wg->lock_)))) {
        add_the_long_way(wg, n, pc);
    } else if (unlikely(wg->self_ != wg || wg->count_ + n < 0)) {
        lock_drop(lock_of(&wg->lock_));
        add_the_long_way(wg, n, pc);
    } else if (!change_locked(wg, m->g, n, pc)) {
        leave_quickly(m);
    } else {
        reach_zero_and_leave(wg, m);
    }
}

GORO_API void goro_wg_add(goro_wg *wg, int n) { add(wg, n, CALLER); }
GORO_API void goro_wg_done(goro_wg *wg) { add(wg, -1, CALLER); }
void wg_add_at(goro_wg *wg, int n, uintptr_t pc) { add(wg, n, pc); }

/* lock_ is held. The WaitGroup is not touched again: it may be gone once the counter is zero. */
static GORO_RETURNS_ELSEWHERE void wait_for_zero(goro_wg *wg, struct g *g, uintptr_t pc) {
    struct waiter w;
    waiter_init_bare(&w, g);
    queue_push(&wg->waiters_, &w);
    waiter_park_and_leave(&w, lock_of(&wg->lock_), HOOK_WG, wg, pc);
}

/* lock_ is held. True: the counter is zero, and lock_ is released. */
GORO_INLINE bool is_zero_locked(goro_wg *wg, struct g *g, uintptr_t pc) {
    hook_wg_wait(task_of(g), wg, pc);
    if (wg->count_ != 0) return false;
    hook_acquire(task_of(g), hook_sync_at(wg));
    lock_drop(lock_of(&wg->lock_));
    return true;
}

static GORO_NOINLINE void wait_the_long_way(goro_wg *wg, uintptr_t pc) {
    struct g *g = runtime_enter();
    lock_take(lock_of(&wg->lock_));
    OBJECT_OWN(wg, &wg->waiters_, wg->count_ != 0, pc);
    if (is_zero_locked(wg, g, pc)) runtime_leave(g);
    else wait_for_zero(wg, g, pc);
}

GORO_INLINE void await_zero(goro_wg *wg, uintptr_t pc) {
    hook_object_used(wg, pc);
    struct m *m = enter_quickly();
    if (unlikely(!m || wg->self_ != wg || !lock_take_quickly(lock_of(&wg->lock_)))) wait_the_long_way(wg, pc);
    else if (is_zero_locked(wg, m->g, pc)) leave_quickly(m);
    else wait_for_zero(wg, m->g, pc);
}

GORO_API void goro_wg_wait(goro_wg *wg) { await_zero(wg, CALLER); }
void wg_wait_at(goro_wg *wg, uintptr_t pc) { await_zero(wg, pc); }

/* -- go and goro_wg_go ------------------------------------------------------------------------------------------- */

typedef void six_arguments(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* A goroutine that is one of a WaitGroup's is done when it ends, by goro_exit, too. */
static void finish_counted(void *wg) {
    hook_object_used(wg, CALLER);
    add_the_long_way(wg, -1, CALLER);
}

static void defer_done(goro_wg *wg) {
    struct g *g = runtime_enter();
    if (!g_defer(g, finish_counted, wg)) environment_error("malloc", "no memory for a deferred call", ENOMEM);
    runtime_leave(g);
}

/* With up to four arguments all fits into a spawn's six. */
enum { FEW_ARGUMENTS = SPAWN_ARGUMENTS - 2 };
static void run_counted_few(goro_wg *wg, six_arguments *fn, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    defer_done(wg);
    fn(a, b, c, d, 0, 0);
}

/* More travel on the heap. */
/* Is g far ahead of those that it has started, and another would need new memory? Then they come first: most programs'
 * goroutines end soon, and their records serve the next ones from the cache. (500,000 that do nothing, started and then
 * waited for, one P: each took 640 ns with records for all of them.) */
static void let_them_catch_up(struct g *g) {
#ifdef GORO_RACE
    (void)g; /* the schedule is the strategy's */
#else
    enum { FAR_AHEAD = 1024, TURNS = FAR_AHEAD };

    if (g->m->p->free_g || hint_get(g->flags) & G_LOCKED || ring_count(&g->m->p->runq.fresh) < FAR_AHEAD) return;
    for (int i = 0; i < TURNS && ring_count(&g->m->p->runq.fresh) > FAR_AHEAD / 2; i++) yield_now(g);
#endif
}

/* g is inside. */
static void spawn_and_leave(struct g *g, void (*fn)(void), void (*known_as)(void), const uint64_t *arguments,
                            unsigned count, uintptr_t pc) {
    let_them_catch_up(g);
    spawn(g, fn, (uintptr_t)known_as, arguments, count, pc);
    runtime_leave(g);
}

struct counted_call {
    goro_wg *wg;
    six_arguments *fn;
    uint64_t arguments[SPAWN_ARGUMENTS];
};

static void run_counted_many(struct counted_call *record) {
    struct counted_call call = *record;
    free(record);
    defer_done(call.wg);
    const uint64_t *a = call.arguments;
    call.fn(a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void spawn_counted_many(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc) {
    struct counted_call *call = malloc(sizeof *call);
    if (!call) environment_error("malloc", "no memory to start a goroutine", ENOMEM);
    *call = (struct counted_call){.wg = wg, .fn = (six_arguments *)fn};
    for (unsigned i = 0; i < count; i++) call->arguments[i] = arguments[i];
    spawn_and_leave(runtime_enter(), (void (*)(void))run_counted_many, fn, (uint64_t[]){(uint64_t)call}, 1, pc);
}

static void spawn_counted_few(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc) {
    uint64_t all[SPAWN_ARGUMENTS] = {(uint64_t)wg, (uint64_t)fn};
    for (unsigned i = 0; i < count; i++) all[2 + i] = arguments[i];
    spawn_and_leave(runtime_enter(), (void (*)(void))run_counted_few, fn, all, count + 2, pc);
}

static GORO_NOINLINE void spawn_the_long_way(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count,
                                             uintptr_t pc) {
    if (!wg) {
        spawn_and_leave(runtime_enter(), fn, fn, arguments, count, pc);
        return;
    }
    add_the_long_way(wg, 1, pc);
    (count <= FEW_ARGUMENTS ? spawn_counted_few : spawn_counted_many)(wg, fn, arguments, count, pc);
}

/* No frame. */
GORO_API void goro_spawn_(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count) {
    struct m *m = likely(!wg) ? enter_quickly() : NULL;
    if (unlikely(!m || !spawn_is_quick(m->p))) {
        spawn_the_long_way(wg, fn, arguments, count, CALLER);
        return;
    }
    spawn_quickly(m->p, m->g->id, fn, (uintptr_t)fn, arguments, count, CALLER);
    leave_quickly(m);
}
