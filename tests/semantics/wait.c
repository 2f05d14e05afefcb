/* WaitGroup, once, condition. */
#include "scenario.h"

/* -- WaitGroup --------------------------------------------------------------------------------------------------------- */

SCENARIO(wg, negative_done) {
    goro_wg wg = {0};
    goro_wg_done(&wg);
}
SCENARIO(wg, negative_add) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    goro_wg_add(&wg, -2);
}
SCENARIO(wg, wait_at_zero) {
    goro_wg wg = {0};
    goro_wg_wait(&wg);
    say("back");
}
SCENARIO(wg, add_and_take_back) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    goro_wg_add(&wg, -3);
    goro_wg_wait(&wg);
    say("back");
}
SCENARIO(wg, missing_done) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    goro_wg_wait(&wg);
}
SCENARIO(wg, missing_done_of_two) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(goro_wg_done, &wg);
    goro_wg_wait(&wg);
}
static void yield_and_count(atomic_int *n, goro_wg *wg) {
    goro_yield();
    atomic_fetch_add(n, 1);
    goro_wg_done(wg);
}
SCENARIO(wg, waits_for_all) {
    goro_wg wg = {0};
    atomic_int n = 0;
    goro_wg_add(&wg, 100);
    for (int i = 0; i < 100; i++) go(yield_and_count, &n, &wg);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
static void write_five(int *x, goro_wg *wg) {
    *x = 5;
    goro_wg_done(wg);
}
SCENARIO(wg, sees_what_was_done) {
    goro_wg wg = {0};
    int x = 0;
    goro_wg_add(&wg, 1);
    go(write_five, &x, &wg);
    goro_wg_wait(&wg);
    say("%d", x);
}
static void increment(int *n, goro_wg *wg) {
    ++*n;
    goro_wg_done(wg);
}
SCENARIO(wg, reuse) {
    goro_wg wg = {0};
    int n = 0;
    for (int i = 0; i < 3; i++) {
        goro_wg_add(&wg, 1);
        go(increment, &n, &wg);
        goro_wg_wait(&wg);
    }
    say("%d", n);
}
static void count_in(atomic_int *n) { atomic_fetch_add(n, 1); }
static void start_another(atomic_int *n, goro_wg *wg) {
    goro_wg_add(wg, 1);
    go(yield_and_count, n, wg);
    atomic_fetch_add(n, 1);
    goro_wg_done(wg);
}
SCENARIO(wg, add_by_member) {
    goro_wg wg = {0};
    atomic_int n = 0;
    goro_wg_add(&wg, 1);
    go(start_another, &n, &wg);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
static void wait_and_count(goro_wg *wg, atomic_int *n) {
    goro_wg_wait(wg);
    atomic_fetch_add(n, 1);
}
SCENARIO(wg, several_waiters) {
    goro_wg wg = {0}, waiters = {0};
    atomic_int n = 0;
    goro_wg_add(&wg, 1);
    for (int i = 0; i < 5; i++) goro_wg_go(&waiters, wait_and_count, &wg, &n);
    settle();
    say("%d", atomic_load(&n));
    goro_wg_done(&wg);
    goro_wg_wait(&waiters);
    say("%d", atomic_load(&n));
}
SCENARIO(wg, go) {
    goro_wg wg = {0};
    atomic_int n = 0;
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, count_in, &n);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
static void exit_at_once(void) { goro_exit(); }
SCENARIO(wg, go_that_exits) {
    goro_wg wg = {0};
    goro_wg_go(&wg, exit_at_once);
    goro_wg_wait(&wg);
    say("back");
}
static void go_another(goro_wg *wg, atomic_int *n) {
    goro_wg_go(wg, count_in, n);
    atomic_fetch_add(n, 1);
}
SCENARIO(wg, go_nested) {
    goro_wg wg = {0};
    atomic_int n = 0;
    goro_wg_go(&wg, go_another, &wg, &n);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
static void panic_inside(void) { goro_panic("inside"); }
SCENARIO(wg, go_that_panics) {
    goro_wg wg = {0};
    goro_wg_go(&wg, panic_inside);
    goro_wg_wait(&wg);
}
SCENARIO(wg, done_after_wait) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    goro_wg_done(&wg);
    goro_wg_wait(&wg);
    goro_wg_done(&wg);
}

/* -- once ---------------------------------------------------------------------------------------------------------------- */

static int runs;
static void run_once(void) { runs++; }
SCENARIO(once, runs_once) {
    goro_once once = {0};
    for (int i = 0; i < 3; i++) goro_once_do(&once, run_once);
    say("%d", runs);
}
static void say_word(const char *word) { say("%s", word); }
SCENARIO(once, first_function_counts) {
    goro_once once = {0};
    goro_once_do(&once, say_word, "first");
    goro_once_do(&once, say_word, "second");
}
static void yield_and_run(void) {
    goro_yield();
    runs++;
}
static void call_once(goro_once *once, int *seen) {
    goro_once_do(once, yield_and_run);
    *seen = runs;
}
SCENARIO(once, many_callers) {
    goro_once once = {0};
    goro_wg wg = {0};
    int seen[8], sum = 0;
    for (int i = 0; i < 8; i++) goro_wg_go(&wg, call_once, &once, &seen[i]);
    goro_wg_wait(&wg);
    for (int i = 0; i < 8; i++) sum += seen[i];
    say("%d %d", runs, sum);
}
static void exit_inside_once(goro_once *once) { goro_once_do(once, exit_at_once); }
SCENARIO(once, exit_inside_counts) {
    goro_once once = {0};
    goro_wg wg = {0};
    goro_wg_go(&wg, exit_inside_once, &once);
    goro_wg_wait(&wg);
    goro_once_do(&once, run_once);
    say("%d", runs);
}
static void tell_and_exit(atomic_bool *inside) {
    set(inside);
    settle();
    goro_exit();
}
static void tell_and_exit_in_once(goro_once *once, atomic_bool *inside) { goro_once_do(once, tell_and_exit, inside); }
SCENARIO(once, exit_inside_releases_others) {
    goro_once once = {0};
    goro_wg wg = {0};
    atomic_bool inside = false;
    goro_wg_go(&wg, tell_and_exit_in_once, &once, &inside);
    await(&inside);
    goro_once_do(&once, say_word, "twice");
    goro_wg_wait(&wg);
    say("back");
}
SCENARIO(once, panic_inside) {
    goro_once once = {0};
    goro_once_do(&once, panic_inside);
}
static goro_once recursive;
static void recurse(void) { goro_once_do(&recursive, recurse); }
SCENARIO(once, recursion) { recurse(); }
static void do_both(goro_once *other) { goro_once_do(other, say_word, "both"); }
SCENARIO(once, two_are_apart) {
    goro_once a = {0}, b = {0};
    goro_once_do(&a, do_both, &b);
}
static void take_long(atomic_bool *inside, atomic_bool *done) {
    set(inside);
    settle();
    set(done);
}
static void take_long_in_once(goro_once *once, atomic_bool *inside, atomic_bool *done) {
    goro_once_do(once, take_long, inside, done);
}
SCENARIO(once, others_wait) {
    goro_once once = {0};
    atomic_bool inside = false, done = false;
    go(take_long_in_once, &once, &inside, &done);
    await(&inside);
    goro_once_do(&once, run_once);
    say("%s", truth(atomic_load(&done)));
}

/* -- condition ------------------------------------------------------------------------------------------------------------ */

static goro_mutex mu;
static goro_rwmutex rw;
static goro_cond cond;
static int waiting, woken; /* guarded by mu */
static int order[8];

/* Waits until a counter that mu guards has come so far. */
static void await_count(const int *count, int n) {
    for (bool there = false; !there; goro_yield()) {
        goro_mutex_lock(&mu);
        there = *count >= n;
        goro_mutex_unlock(&mu);
    }
}
static void wait_and_note(int id) {
    goro_mutex_lock(&mu);
    waiting++;
    goro_cond_wait(&cond);
    order[woken++] = id;
    goro_mutex_unlock(&mu);
}

SCENARIO(cond, signal_to_nobody_is_lost) {
    goro_cond_init(&cond, &mu);
    goro_cond_signal(&cond);
    goro_cond_broadcast(&cond);
    goro_mutex_lock(&mu);
    goro_cond_wait(&cond);
}
SCENARIO(cond, wait_without_lock) {
    goro_cond_init(&cond, &mu);
    goro_cond_wait(&cond);
}

/* Eight wait, n are signalled (0: broadcast): how many come back? */
static void wake(int n) {
    goro_cond_init(&cond, &mu);
    for (int i = 0; i < 8; i++) go(wait_and_note, i);
    await_count(&waiting, 8);
    for (int i = 0; i < n; i++) goro_cond_signal(&cond);
    if (n == 0) goro_cond_broadcast(&cond);
    await_count(&woken, n ? n : 8);
    settle();
    goro_mutex_lock(&mu);
    say("%d", woken);
    goro_mutex_unlock(&mu);
}
SCENARIO(cond, signal_wakes_one) { wake(1); }
SCENARIO(cond, signals_wake_as_many) { wake(3); }
SCENARIO(cond, broadcast_wakes_all) { wake(0); }
SCENARIO(cond, signals_in_order) {
    goro_cond_init(&cond, &mu);
    for (int i = 0; i < 5; i++) {
        go(wait_and_note, i);
        await_count(&waiting, i + 1);
    }
    for (int i = 0; i < 5; i++) {
        goro_cond_signal(&cond);
        await_count(&woken, i + 1);
    }
    for (int i = 0; i < 5; i++) say("%d", order[i]);
}
static void signal_locked(void) {
    goro_mutex_lock(&mu);
    goro_cond_signal(&cond);
    goro_mutex_unlock(&mu);
}
SCENARIO(cond, wait_locks_again) {
    goro_cond_init(&cond, &mu);
    goro_mutex_lock(&mu);
    go(signal_locked);
    goro_cond_wait(&cond);
    say("%s", truth(goro_mutex_try_lock(&mu)));
}
static void wait_and_tell(atomic_bool *back, chan(int) done) {
    goro_mutex_lock(&mu);
    waiting++;
    goro_cond_wait(&cond);
    set(back);
    goro_mutex_unlock(&mu);
    chan_close(done);
}
SCENARIO(cond, signal_under_lock_waits_for_unlock) {
    chan(int) done = chan_make(int, 0);
    atomic_bool back = false;
    goro_cond_init(&cond, &mu);
    go(wait_and_tell, &back, done);
    await_count(&waiting, 1);
    goro_mutex_lock(&mu);
    goro_cond_signal(&cond);
    settle();
    say("%s", truth(atomic_load(&back)));
    goro_mutex_unlock(&mu);
    chan_recv(done);
    say("%s", truth(atomic_load(&back)));
}
static void signal_write_locked(void) {
    goro_rwmutex_lock(&rw);
    goro_cond_signal(&cond);
    goro_rwmutex_unlock(&rw);
}
SCENARIO(cond, over_rwmutex) {
    goro_cond_init(&cond, &rw);
    goro_rwmutex_lock(&rw);
    go(signal_write_locked);
    goro_cond_wait(&cond);
    say("%s", truth(goro_rwmutex_try_rlock(&rw)));
}
SCENARIO(cond, over_rlock) {
    goro_cond_init_rlock(&cond, &rw);
    goro_rwmutex_rlock(&rw);
    go(signal_write_locked);
    goro_cond_wait(&cond);
    bool read = goro_rwmutex_try_rlock(&rw), written = goro_rwmutex_try_lock(&rw);
    say("%s %s", truth(read), truth(written));
}
SCENARIO(cond, copied) {
    goro_cond_init(&cond, &mu);
    goro_cond_signal(&cond);
    goro_cond copy = cond;
    goro_cond_signal(&copy);
}
SCENARIO(cond, used_without_init) {
    goro_mutex_lock(&mu);
    goro_cond_wait(&cond);
}
