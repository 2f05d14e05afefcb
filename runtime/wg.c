/* WaitGroups: a counter and those who wait for its zero.
 *
 * Always true, under the lock
 *  1. count_ >= 0; a negative one ends the program.
 *  2. Somebody waits only while count_ > 0: the change to zero takes all waiters out.
 *
 * Threads: any that is inside the runtime. The done that reaches zero joins the clocks of all waiters itself, under the
 * lock: once it is dropped the first waiter to return may free the WaitGroup. */
#include "runtime/waiter.h"

#include <errno.h>
#include <stdlib.h>

static struct waiter *reach_zero(goro_wg *wg) {
    struct waiter *waiters = queue_take_all(&wg->waiters_);
    for (struct waiter *w = waiters; w; w = w->next) hook_acquire(task_of(w->g), hook_sync_at(wg));
    return waiters;
}

static void add(goro_wg *wg, int64_t n, uintptr_t pc) {
    struct g *g = runtime_enter();
    struct waiter *waiters = NULL;
    lock_take(lock_of(&wg->lock_));
    OBJECT_OWN(wg, &wg->waiters_, wg->count_ != 0, pc);
    hook_wg_add(task_of(g), wg, n, wg->count_, pc);
    if (n < 0) hook_release_merge(task_of(g), hook_sync_at(wg));
    wg->count_ += n;
    if (unlikely(wg->count_ < 0))
        panic_raise(HOOK_GW002_NEGATIVE_COUNTER, wg, pc, "sync: negative WaitGroup counter");
    if (wg->count_ == 0 && wg->waiters_.first) waiters = reach_zero(wg);
    lock_drop(lock_of(&wg->lock_));
    waiters_wake_all(waiters);
    runtime_leave(g);
}

GORO_API void goro_wg_add(goro_wg *wg, int n) { add(wg, n, CALLER); }
GORO_API void goro_wg_done(goro_wg *wg) { add(wg, -1, CALLER); }

GORO_API void goro_wg_wait(goro_wg *wg) {
    uintptr_t pc = CALLER;
    struct g *g = runtime_enter();
    lock_take(lock_of(&wg->lock_));
    OBJECT_OWN(wg, &wg->waiters_, wg->count_ != 0, pc);
    hook_wg_wait(task_of(g), wg, pc);
    if (wg->count_ == 0) {
        hook_acquire(task_of(g), hook_sync_at(wg));
        lock_drop(lock_of(&wg->lock_));
    } else {
        struct waiter w = {.g = g};
        queue_push(&wg->waiters_, &w);
        waiter_park(&w, lock_of(&wg->lock_), HOOK_WG, wg, pc);
    }
    runtime_leave(g);
}

/* -- go and goro_wg_go ------------------------------------------------------------------------------------------- */

typedef void six_arguments(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* A goroutine that is one of a WaitGroup's is done when it ends, by goro_exit, too. */
static void finish_counted(void *wg) { add(wg, -1, CALLER); }

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
    struct g *g = runtime_enter();
    spawn(g, (void (*)(void))run_counted_many, (uint64_t[]){(uint64_t)call}, 1, pc);
    runtime_leave(g);
}

static void spawn_counted_few(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc) {
    uint64_t all[SPAWN_ARGUMENTS] = {(uint64_t)wg, (uint64_t)fn};
    for (unsigned i = 0; i < count; i++) all[2 + i] = arguments[i];
    struct g *g = runtime_enter();
    spawn(g, (void (*)(void))run_counted_few, all, count + 2, pc);
    runtime_leave(g);
}

GORO_API void goro_spawn_(goro_wg *wg, void (*fn)(void), const uint64_t *arguments, unsigned count) {
    uintptr_t pc = CALLER;
    if (likely(!wg)) {
        struct g *g = runtime_enter();
        spawn(g, fn, arguments, count, pc);
        runtime_leave(g);
        return;
    }
    add(wg, 1, pc);
    (count <= FEW_ARGUMENTS ? spawn_counted_few : spawn_counted_many)(wg, fn, arguments, count, pc);
}
