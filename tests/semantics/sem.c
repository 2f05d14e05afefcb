/* Weighted semaphores and groups: golang.org/x/sync. */
#include "scenario.h"

/* -- semaphore ---------------------------------------------------------------------------------------------------------- */

static goro_sem s;

SCENARIO(sem, try) {
    goro_sem_init(&s, 2);
    bool a = goro_sem_try_acquire(&s, 1), b = goro_sem_try_acquire(&s, 1), c = goro_sem_try_acquire(&s, 1);
    say("%s %s %s", truth(a), truth(b), truth(c));
}
SCENARIO(sem, try_too_much) {
    goro_sem_init(&s, 2);
    say("%s", truth(goro_sem_try_acquire(&s, 3)));
}
SCENARIO(sem, try_zero) {
    goro_sem_init(&s, 1);
    goro_sem_try_acquire(&s, 1);
    say("%s", truth(goro_sem_try_acquire(&s, 0)));
}
SCENARIO(sem, release_gives_back) {
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    goro_sem_release(&s, 1);
    say("%s", truth(goro_sem_try_acquire(&s, 1)));
}
SCENARIO(sem, release_too_much) {
    goro_sem_init(&s, 3);
    goro_sem_release(&s, 1);
}
SCENARIO(sem, release_more_than_held) {
    goro_sem_init(&s, 3);
    goro_sem_acquire(&s, NULL, 1);
    goro_sem_release(&s, 2);
}
SCENARIO(sem, release_by_another) {
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    go(goro_sem_release, &s, 1);
    say("%d", goro_sem_acquire(&s, NULL, 1));
}

/* Acquires n, says so, and gives them back; or says why it could not. */
static void take_turn(goro_ctx *ctx, int n, int id, chan(int) turns) {
    int err = goro_sem_acquire(&s, ctx, n);
    chan_send(turns, err ? -err : id);
    if (!err) goro_sem_release(&s, n);
}
static void acquire_and_tell(goro_ctx *ctx, int n, chan(int) results) {
    chan_send(results, goro_sem_acquire(&s, ctx, n));
}
static void say_turns(chan(int) turns, int n) {
    for (int i = 0; i < n; i++) say("%d", chan_recv(turns));
}

SCENARIO(sem, waiter_keeps_later_ones_out) {
    chan(int) results = chan_make(int, 1);
    goro_sem_init(&s, 2);
    goro_sem_acquire(&s, NULL, 1);
    go_and_await(&s.waiters_, acquire_and_tell, NULL, 2, results);
    say("%s", truth(goro_sem_try_acquire(&s, 1)));
}
SCENARIO(sem, in_order) {
    chan(int) turns = chan_make(int, 3);
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    for (int i = 0; i < 3; i++) go_and_await(&s.waiters_, take_turn, NULL, 1, i, turns);
    goro_sem_release(&s, 1);
    say_turns(turns, 3);
}
SCENARIO(sem, big_is_not_overtaken) {
    enum { BIG = 3, SMALL = 1 };
    chan(int) turns = chan_make(int, 2);
    goro_sem_init(&s, 3);
    goro_sem_acquire(&s, NULL, 2);
    go_and_await(&s.waiters_, take_turn, NULL, BIG, BIG, turns);
    go_and_await(&s.waiters_, take_turn, NULL, SMALL, SMALL, turns);
    goro_sem_release(&s, 2);
    for (int i = 0; i < 2; i++) say("%s", chan_recv(turns) == BIG ? "big" : "small");
}
SCENARIO(sem, release_serves_as_many_as_fit) {
    chan(int) results = chan_make(int, 4);
    goro_sem_init(&s, 4);
    goro_sem_acquire(&s, NULL, 4);
    for (int i = 0; i < 4; i++) go_and_await(&s.waiters_, acquire_and_tell, NULL, 1, results);
    goro_sem_release(&s, 3);
    int n = 0;
    for (; n < 3; n++) chan_recv(results);
    settle();
    say("%d %d", n, chan_len(results));
}
SCENARIO(sem, cancelled_before) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    goro_sem_init(&s, 1);
    goro_ctx_cancel(ctx);
    int err = goro_sem_acquire(&s, ctx, 1);
    say("%d %s", err, truth(goro_sem_try_acquire(&s, 1)));
}
SCENARIO(sem, cancelled_while_waiting) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    chan(int) results = chan_make(int, 1);
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    go_and_await(&s.waiters_, acquire_and_tell, ctx, 1, results);
    goro_ctx_cancel(ctx);
    say("%d", chan_recv(results));
    goro_sem_release(&s, 1);
    say("%s", truth(goro_sem_try_acquire(&s, 1)));
}
SCENARIO(sem, timeout_while_waiting) {
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), GORO_MILLISECOND);
    say("%d", goro_sem_acquire(&s, ctx, 1));
}
SCENARIO(sem, cancel_frees_those_behind) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    chan(int) turns = chan_make(int, 2);
    goro_sem_init(&s, 2);
    goro_sem_acquire(&s, NULL, 1);
    go_and_await(&s.waiters_, take_turn, ctx, 2, 2, turns);
    go_and_await(&s.waiters_, take_turn, NULL, 1, 1, turns);
    goro_ctx_cancel(ctx);
    int first = chan_recv(turns), second = chan_recv(turns);
    say("%s", truth(first + second == 1 - GORO_CANCELED));
}
SCENARIO(sem, more_than_size_keeps_nobody_out) {
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background());
    chan(int) results = chan_make(int, 1);
    goro_sem_init(&s, 2);
    go(acquire_and_tell, ctx, 3, results);
    settle();
    say("%s", truth(goro_sem_try_acquire(&s, 1)));
    goro_ctx_cancel(ctx);
    say("%d", chan_recv(results));
}
SCENARIO(sem, more_than_size_waits_for_ever) {
    goro_sem_init(&s, 2);
    goro_sem_acquire(&s, NULL, 3);
}
SCENARIO(sem, acquire_zero) {
    goro_sem_init(&s, 1);
    goro_sem_acquire(&s, NULL, 1);
    say("%d", goro_sem_acquire(&s, NULL, 0));
}

/* -- group -------------------------------------------------------------------------------------------------------------- */

enum { BOOM = 7, SECOND = 8 };
static goro_group g;

static int well(void *unused) { return unused != NULL; }
static int boom(void *unused) { return unused ? 0 : BOOM; }
static int fail_when_cancelled(void *result) {
    int *err = result;
    chan_recv(goro_ctx_done(goro_group_ctx(&g)));
    return *err ? *err : goro_ctx_err(goro_group_ctx(&g));
}

SCENARIO(group, all_well) {
    goro_group_init(&g, NULL);
    for (int i = 0; i < 3; i++) goro_group_go(&g, well, NULL);
    say("%s", truth(goro_group_wait(&g) == 0));
}
SCENARIO(group, empty) {
    goro_group_init(&g, NULL);
    say("%s", truth(goro_group_wait(&g) == 0));
}
SCENARIO(group, first_error) {
    int second = SECOND;
    goro_group_init(&g, NULL);
    goro_group_go(&g, boom, NULL);
    goro_group_go(&g, fail_when_cancelled, &second);
    say("%s", truth(goro_group_wait(&g) == BOOM));
}
SCENARIO(group, error_cancels) {
    goro_group_init(&g, NULL);
    goro_group_go(&g, boom, NULL);
    chan_recv(goro_ctx_done(goro_group_ctx(&g)));
    say("%d", goro_ctx_err(goro_group_ctx(&g)));
    goro_group_wait(&g);
}
SCENARIO(group, wait_cancels) {
    goro_group_init(&g, NULL);
    goro_group_go(&g, well, NULL);
    say("%d", goro_ctx_err(goro_group_ctx(&g)));
    goro_group_wait(&g);
    say("%d", goro_ctx_err(goro_group_ctx(&g)));
}
static int count_late(void *count) {
    settle();
    atomic_fetch_add((atomic_int *)count, 1);
    return BOOM;
}
SCENARIO(group, wait_waits_for_all) {
    atomic_int n = 0;
    goro_group_init(&g, NULL);
    for (int i = 0; i < 5; i++) goro_group_go(&g, count_late, &n);
    goro_group_wait(&g);
    say("%d", atomic_load(&n));
}
SCENARIO(group, parent_cancels) {
    goro_ctx *parent = goro_ctx_with_cancel(goro_ctx_background());
    int own = 0;
    goro_group_init(&g, parent);
    goro_group_go(&g, fail_when_cancelled, &own);
    goro_ctx_cancel(parent);
    say("%d", goro_group_wait(&g));
}
static atomic_int members, most;
static int note_most(void *unused) {
    int n = atomic_fetch_add(&members, 1) + 1, seen = atomic_load(&most);
    while (n > seen && !atomic_compare_exchange_weak(&most, &seen, n)) {}
    goro_yield();
    atomic_fetch_sub(&members, 1);
    return unused != NULL;
}
SCENARIO(group, limit) {
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 2);
    for (int i = 0; i < 10; i++) goro_group_go(&g, note_most, NULL);
    goro_group_wait(&g);
    say("%s", truth(atomic_load(&most) <= 2));
}
static int end_late(void *ended) {
    settle();
    set(ended);
    return 0;
}
SCENARIO(group, limit_makes_go_wait) {
    atomic_bool ended = false;
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 1);
    goro_group_go(&g, end_late, &ended);
    goro_group_go(&g, well, NULL);
    say("%s", truth(atomic_load(&ended)));
    goro_group_wait(&g);
}
static int meet(void *wg) {
    goro_wg_done(wg);
    goro_wg_wait(wg);
    return 0;
}
SCENARIO(group, limit_of_none) {
    goro_wg wg = {0};
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 1);
    goro_group_set_limit(&g, -1);
    goro_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++) goro_group_go(&g, meet, &wg);
    say("%s", truth(goro_group_wait(&g) == 0));
}
SCENARIO(group, limit_zero_blocks) {
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 0);
    goro_group_go(&g, well, NULL);
}
static int block(void *wg) {
    goro_wg_wait(wg);
    return 0;
}
SCENARIO(group, limit_while_active) {
    goro_wg never = {0};
    goro_wg_add(&never, 1);
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 3);
    goro_group_go(&g, block, &never);
    goro_group_go(&g, block, &never);
    goro_group_set_limit(&g, 4);
}
SCENARIO(group, limit_set_before_next_round) {
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 1);
    goro_group_go(&g, well, NULL);
    goro_group_wait(&g);
    goro_group_init(&g, NULL);
    goro_group_set_limit(&g, 2);
    say("%s", truth(goro_group_wait(&g) == 0));
}
static int exit_at_once(void *unused) {
    if (!unused) goro_exit();
    return BOOM;
}
SCENARIO(group, goexit_counts_as_well) {
    goro_group_init(&g, NULL);
    goro_group_go(&g, exit_at_once, NULL);
    say("%s", truth(goro_group_wait(&g) == 0));
}
static int panic_inside(void *unused) { goro_panic("inside%s", unused ? "!" : ""); }
SCENARIO(group, panic_inside) {
    goro_group_init(&g, NULL);
    goro_group_go(&g, panic_inside, NULL);
    goro_group_wait(&g);
}
