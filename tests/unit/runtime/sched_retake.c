/* What would stop a naive scheduler: blocking calls, endless loops, exclusive threads, foreign threads, changes of the
 * number of processors. Each test hangs if the thing it names is broken. */
#include "sched_seam.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned get(unsigned *x) { return __atomic_load_n(x, __ATOMIC_ACQUIRE); }
static void set(unsigned *x, unsigned v) { __atomic_store_n(x, v, __ATOMIC_RELEASE); }
static void increment(unsigned *x) { __atomic_fetch_add(x, 1, __ATOMIC_ACQ_REL); }

static unsigned procs(int n) {
    struct g *g = runtime_enter();
    unsigned before = gomaxprocs_set(g, n);
    runtime_leave(g);
    return before;
}

/* -- user code that does not come back ------------------------------------------------------------------------------- */

struct duel {
    unsigned stop, others;
    int pipe[2];
    struct latch done;
};

static void loop_without_a_call(struct duel *d, uint64_t unused) {
    (void)unused;
    while (!get(&d->stop)) {}
    latch_done(&d->done);
}

static void count_others(struct duel *d, uint64_t unused) {
    (void)unused;
    increment(&d->others);
    latch_done(&d->done);
}

/* An endless loop on each processor does not stop the others, one of which ends the loops. */
static void stop_loops(struct duel *d, uint64_t loops) {
    for (unsigned i = 0; i < 100; i++) pass();
    (void)loops;
    set(&d->stop, 1);
    latch_done(&d->done);
}

static void endless_loops_stop_nobody(void **state) {
    (void)state;
    for (unsigned p = 1; p <= 3; p++) {
        unsigned before = procs((int)p);
        struct duel d = {.done.left = p + 2};
        for (unsigned i = 0; i < p; i++) start(loop_without_a_call, address(&d), 0);
        start(count_others, address(&d), 0);
        start(stop_loops, address(&d), p);
        latch_wait(&d.done);
        assert_int_equal(get(&d.others), 1);
        procs((int)before);
    }
}

static void read_pipe(struct duel *d, uint64_t unused) {
    (void)unused;
    char c;
    if (read(d->pipe[0], &c, 1) == 1) increment(&d->others);
    latch_done(&d->done);
}

static void write_pipe(struct duel *d, uint64_t n) {
    for (uint64_t i = 0; i < n; i++)
        if (write(d->pipe[1], "x", 1) != 1) abort();
    latch_done(&d->done);
}

static void plain_blocking_reads_stop_nobody(void **state) {
    (void)state;
    enum { READERS = 5 };
    struct duel d = {.done.left = READERS + 1};
    assert_int_equal(pipe(d.pipe), 0);
    start(write_pipe, address(&d), READERS); /* the youngest runs first: the readers block before it */
    for (int i = 0; i < READERS; i++) start(read_pipe, address(&d), 0);
    latch_wait(&d.done);
    assert_int_equal(get(&d.others), READERS);
    close(d.pipe[0]);
    close(d.pipe[1]);
}

/* Main itself blocks in a plain call while a goroutine must run to end it. */
static void main_may_block_too(void **state) {
    (void)state;
    struct duel d = {.done.left = 1};
    char c;
    assert_int_equal(pipe(d.pipe), 0);
    start(write_pipe, address(&d), 1);
    assert_int_equal(read(d.pipe[0], &c, 1), 1);
    latch_wait(&d.done);
    close(d.pipe[0]);
    close(d.pipe[1]);
}

/* -- fairness -------------------------------------------------------------------------------------------------------------- */

struct table {
    struct lock lock;
    struct g *waiting;
    unsigned stop;
    struct latch done;
};

/* Two of these hand each other on for ever, each time through the place that runs next. */
static void rally(struct table *t, uint64_t unused) {
    (void)unused;
    while (!get(&t->stop)) {
        struct g *g = runtime_enter();
        lock_take(&t->lock);
        struct g *other = t->waiting;
        t->waiting = g;
        if (other) ready(other);
        park(g, &t->lock, HOOK_CHAN, t, 0);
        runtime_leave(g);
    }
    struct g *g = runtime_enter();
    lock_take(&t->lock);
    struct g *other = t->waiting;
    t->waiting = NULL;
    lock_drop(&t->lock);
    if (other) ready(other);
    runtime_leave(g);
    latch_done(&t->done);
}

static void end_rally(struct table *t, uint64_t unused) {
    (void)unused;
    for (int i = 0; i < 10; i++) pass();
    set(&t->stop, 1);
    latch_done(&t->done);
}

static void a_pair_that_wakes_each_other_starves_nobody(void **state) {
    (void)state;
    unsigned before = procs(1);
    struct table t = {.done.left = 3};
    start(rally, address(&t), 0);
    start(rally, address(&t), 0);
    start(end_rally, address(&t), 0);
    latch_wait(&t.done);
    procs((int)before);
}

static void spawn_for_ever(struct table *t, uint64_t depth) {
    if (get(&t->stop)) latch_done(&t->done);
    else start(spawn_for_ever, address(t), depth + 1);
}

static void a_chain_of_new_goroutines_starves_nobody(void **state) {
    (void)state;
    unsigned before = procs(1);
    struct table t = {.done.left = 2};
    start(end_rally, address(&t), 0);
    start(spawn_for_ever, address(&t), 0);
    latch_wait(&t.done);
    procs((int)before);
}

/* -- threads --------------------------------------------------------------------------------------------------------------- */

static unsigned strayed;

static void stay(struct latch *l, uint64_t unused) {
    (void)unused;
    struct g *g = runtime_enter();
    thread_lock(g);
    runtime_leave(g);
    pid_t thread = (pid_t)syscall(SYS_gettid);
    for (int i = 0; i < 200; i++) {
        pass();
        if ((pid_t)syscall(SYS_gettid) != thread) increment(&strayed);
    }
    g = runtime_enter();
    thread_unlock(g);
    runtime_leave(g);
    latch_done(l);
}

static void stir(struct latch *l, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) pass();
    latch_done(l);
}

static void a_locked_goroutine_stays_on_its_thread(void **state) {
    (void)state;
    struct latch l = {.left = 6};
    for (int i = 0; i < 3; i++) start(stay, address(&l), 0);
    for (int i = 0; i < 3; i++) start(stir, address(&l), 300);
    latch_wait(&l);
    assert_int_equal(strayed, 0);
}

static void *call_in(void *arg) {
    struct latch *l = arg;
    for (int i = 0; i < 50; i++) {
        struct latch mine = {.left = 3};
        for (int k = 0; k < 3; k++) start(stir, address(&mine), 5);
        latch_wait(&mine);
    }
    latch_done(l);
    return NULL;
}

static void foreign_threads_call_in_while_processors_change(void **state) {
    (void)state;
    enum { THREADS = 4 };
    struct latch l = {.left = THREADS};
    pthread_t t[THREADS];
    unsigned before = procs(0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&t[i], NULL, call_in, &l), 0);
    for (int i = 0; i < 40; i++) {
        procs(1 + i % 4);
        pass();
    }
    procs((int)before);
    latch_wait(&l);
    check();
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
}

static void the_number_of_processors_is_told_and_kept(void **state) {
    (void)state;
    unsigned before = procs(0);
    assert_int_equal(procs(3), before);
    assert_int_equal(procs(0), 3);
    assert_int_equal(procs(-7), 3);
    assert_int_equal(procs((int)before), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_processors_is_told_and_kept),
        cmocka_unit_test(a_pair_that_wakes_each_other_starves_nobody),
        cmocka_unit_test(a_chain_of_new_goroutines_starves_nobody),
        cmocka_unit_test(plain_blocking_reads_stop_nobody),
        cmocka_unit_test(main_may_block_too),
        cmocka_unit_test(endless_loops_stop_nobody),
        cmocka_unit_test(a_locked_goroutine_stays_on_its_thread),
        cmocka_unit_test(foreign_threads_call_in_while_processors_change),
    };
    /* Loops and blocked calls hold main's thread, too: the test library, which keeps thread-locals, must not move. */
    struct g *g = runtime_enter();
    thread_lock(g);
    runtime_leave(g);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
