/* Goroutines, the scheduler, and how a program ends. */
#include "scenario.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void block_for_ever(void) {
    chan_select {}
}
static void say_word(void *word) { say("%s", (const char *)word); }
static void defer_words(void) {
    goro_at_exit(say_word, "a");
    goro_at_exit(say_word, "b");
}

SCENARIO(go, runs) {
    chan(int) c = chan_make(int, 0);
    go(send_it, c, 1);
    say("%d", chan_recv(c));
}
SCENARIO(go, arguments_are_taken_at_once) {
    chan(int) c = chan_make(int, 0);
    int n = 1;
    go(send_it, c, n);
    n = 2;
    say("%d", chan_recv(c));
}
SCENARIO(go, main_ends_all) {
    go(block_for_ever);
    say("end");
}
static void hog(atomic_bool *begun) {
    set(begun);
    while (atomic_load(begun)) {}
}
SCENARIO(go, main_ends_hogs) {
    static atomic_bool begun;
    go(hog, &begun);
    await(&begun);
    say("end");
}
SCENARIO(go, exit_status) {
    go(exit, 3);
    block_for_ever();
}
static void defer_three(void) {
    defer_words();
    goro_at_exit(say_word, "c");
}
SCENARIO(go, deferred_in_reverse) {
    goro_wg wg = {0};
    goro_wg_go(&wg, defer_three);
    goro_wg_wait(&wg);
}
static void close_at_exit(void *c) { chan_close((chan(int))(uintptr_t)c); }
static void defer_and_exit(chan(int) done) {
    goro_at_exit(close_at_exit, goro_chan_ptr(done));
    defer_words();
    goro_exit();
}
SCENARIO(go, deferred_of_goexit) {
    chan(int) done = chan_make(int, 0);
    go(defer_and_exit, done);
    chan_recv(done);
}
SCENARIO(go, deferred_of_main) {
    defer_words();
    say("main");
}
static void defer_and_block(void) {
    goro_at_exit(say_word, "never");
    block_for_ever();
}
SCENARIO(go, deferred_not_at_exit) {
    go(defer_and_block);
    settle();
    say("main");
}
SCENARIO(go, goexit_of_main_alone) { goro_exit(); }
SCENARIO(go, goexit_of_main_defers) {
    goro_at_exit(say_word, "deferred");
    goro_exit();
}
static void say_late(const char *word) {
    settle();
    say("%s", word);
}
SCENARIO(go, goexit_of_main_others_end) {
    go(say_late, "others");
    goro_exit();
}
SCENARIO(go, goexit_of_main_others_asleep) {
    go(block_for_ever);
    settle();
    goro_exit();
}
static void exit_late(int status) {
    settle();
    exit(status);
}
SCENARIO(go, goexit_of_main_others_exit) {
    go(exit_late, 4);
    goro_exit();
}
static void exit_deferred(void *unused) {
    (void)unused;
    goro_exit();
}
static void exit_in_deferred(chan(int) done) {
    goro_at_exit(close_at_exit, goro_chan_ptr(done));
    goro_at_exit(exit_deferred, NULL);
    say("body");
}
SCENARIO(go, exit_in_deferred) {
    chan(int) done = chan_make(int, 0);
    go(exit_in_deferred, done);
    chan_recv(done);
}
static void count_in(atomic_int *n) { atomic_fetch_add(n, 1); }
SCENARIO(go, a_hundred_thousand) {
    goro_wg wg = {0};
    atomic_int n = 0;
    for (int i = 0; i < 100000; i++) goro_wg_go(&wg, count_in, &n);
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
static void come_and_go(chan(int) begun, chan(int) block) {
    chan_send(begun, 1);
    chan_recv(block);
    chan_send(begun, 1);
}
SCENARIO(go, count) {
    chan(int) begun = chan_make(int, 0);
    chan(int) block = chan_make(int, 0);
    int before = goro_count();
    for (int i = 0; i < 3; i++) go(come_and_go, begun, block);
    for (int i = 0; i < 3; i++) chan_recv(begun);
    say("%d", goro_count() - before);
    chan_close(block);
    for (int i = 0; i < 3; i++) chan_recv(begun);
    while (goro_count() != before) goro_yield();
    say("%d", before);
}
SCENARIO(go, count_counts_at_once) {
    go(block_for_ever);
    say("%d", goro_count());
}
static void tell_id(chan(uint64_t) ids) { chan_send(ids, goro_id()); }
SCENARIO(go, ids) {
    chan(uint64_t) ids = chan_make(uint64_t, 0);
    go(tell_id, ids);
    uint64_t first = chan_recv(ids);
    go(tell_id, ids);
    uint64_t second = chan_recv(ids);
    say("%d %s", (int)goro_id(), truth(first > 1 && second > 1 && first != second));
}

/* -- the scheduler -------------------------------------------------------------------------------------------------------- */

static int tid(void) { return (int)syscall(SYS_gettid); }

SCENARIO(sched, gomaxprocs_returns_previous) {
    goro_gomaxprocs(3);
    say("%d", goro_gomaxprocs(2));
    say("%d", goro_gomaxprocs(0));
}
SCENARIO(sched, gomaxprocs_asks_only) {
    goro_gomaxprocs(2);
    int n = goro_gomaxprocs(-5);
    say("%d %d", n, goro_gomaxprocs(0));
}
static void yield_and_count(atomic_int *n) {
    goro_yield();
    atomic_fetch_add(n, 1);
}
SCENARIO(sched, gomaxprocs_while_running) {
    goro_wg wg = {0};
    atomic_int n = 0;
    for (int i = 0; i < 100; i++) {
        goro_wg_go(&wg, yield_and_count, &n);
        goro_gomaxprocs(1 + i % 4);
    }
    goro_wg_wait(&wg);
    say("%d", atomic_load(&n));
}
SCENARIO(sched, num_cpu) { say("%s", truth(goro_num_cpu() >= 1)); }
SCENARIO(sched, yield_lets_all_run) {
    atomic_int n = 0;
    goro_gomaxprocs(1);
    for (int i = 0; i < 5; i++) go(count_in, &n);
    while (atomic_load(&n) < 5) goro_yield();
    say("%d", atomic_load(&n));
}
SCENARIO(sched, hog_lets_others_run) {
    atomic_bool ran = false;
    goro_gomaxprocs(1);
    go(set, &ran);
    while (!atomic_load(&ran)) {}
    say("ran");
}
static void write_letter(int fd) {
    if (write(fd, "A", 1) != 1) say("not written");
}
SCENARIO(sched, blocking_call_lets_others_run) {
    int fds[2];
    char letter = '?';
    goro_gomaxprocs(1);
    if (pipe(fds)) goro_panic("pipe");
    go(write_letter, fds[1]);
    ssize_t n = read(fds[0], &letter, 1);
    say("%d %c", (int)n, letter);
}
SCENARIO(sched, locked_thread_stays) {
    goro_lock_thread();
    int mine = tid();
    bool same = true;
    for (int i = 0; i < 100; i++) {
        goro_yield();
        goro_sleep(GORO_MICROSECOND);
        same &= tid() == mine;
    }
    say("%s", truth(same));
}
static void tell_tid(chan(int) c) { chan_send(c, tid()); }
SCENARIO(sched, locked_thread_runs_nobody_else) {
    chan(int) c = chan_make(int, 0);
    goro_lock_thread();
    int mine = tid();
    bool alone = true;
    for (int i = 0; i < 20; i++) {
        go(tell_tid, c);
        alone &= chan_recv(c) != mine;
    }
    say("%s", truth(alone));
}
static void lock_twice(chan(bool) result) {
    goro_lock_thread();
    goro_lock_thread();
    goro_unlock_thread();
    int mine = tid();
    bool same = true;
    for (int i = 0; i < 50; i++) {
        goro_yield();
        same &= tid() == mine;
    }
    goro_unlock_thread();
    chan_send(result, same);
}
SCENARIO(sched, lock_nests) {
    chan(bool) result = chan_make(bool, 0);
    go(lock_twice, result);
    say("%s", truth(chan_recv(result)));
}
SCENARIO(sched, unlock_without_lock) {
    goro_unlock_thread();
    say("back");
}
SCENARIO(sched, end_while_locked) {
    goro_wg wg = {0};
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, goro_lock_thread);
    goro_wg_wait(&wg);
    say("ended");
}
static void send_hundred_locked(chan(int) c) {
    goro_lock_thread();
    for (int i = 0; i < 100; i++) chan_send(c, i);
    chan_close(c);
}
SCENARIO(sched, locked_goroutines_talk) {
    chan(int) c = chan_make(int, 0);
    int n = 0, v;
    go(send_hundred_locked, c);
    goro_lock_thread();
    chan_range(v, c) n++;
    say("%d", n);
}
static void add_one(chan(int) in, chan(int) out) { chan_send(out, 1 + chan_recv(in)); }
SCENARIO(sched, chain_of_thousand) {
    chan(int) first = chan_make(int, 0);
    chan(int) in = first;
    for (int i = 0; i < 1000; i++) {
        chan(int) out = chan_make(int, 0);
        go(add_one, in, out);
        in = out;
    }
    go(send_it, first, 0);
    say("%d", chan_recv(in));
}

/* -- panics and deadlocks ---------------------------------------------------------------------------------------------------- */

static void panic_inside(void) { goro_panic("in a goroutine"); }
SCENARIO(panic, text) { goro_panic("oh no"); }
SCENARIO(panic, empty_text) { goro_panic("%s", ""); }
SCENARIO(panic, formatted) { goro_panic("value %d of %s", 42, "x"); }
SCENARIO(panic, in_goroutine) {
    go(panic_inside);
    block_for_ever();
}
SCENARIO(panic, of_two_lines) { goro_panic("first\nsecond"); }
SCENARIO(panic, after_output) {
    say("before");
    goro_panic("after");
}
SCENARIO(panic, main_waits_forever) { block_for_ever(); }
static void receive_it(chan(int) c) { chan_recv(c); }
SCENARIO(panic, all_asleep) {
    goro_wg wg = {0};
    goro_wg_go(&wg, receive_it, chan_make(int, 0));
    goro_wg_wait(&wg);
}
SCENARIO(panic, all_asleep_on_mutex) {
    static goro_mutex mu;
    goro_mutex_lock(&mu);
    go(goro_mutex_lock, &mu);
    goro_mutex_lock(&mu);
}
SCENARIO(panic, others_go_on_when_one_is_stuck) {
    go(block_for_ever);
    settle();
    say("main");
}
