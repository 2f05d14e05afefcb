/* WaitGroup, mutexes, once, condition, semaphore: exclusion, order of service, and that nobody is forgotten. */
#include "runtime/waiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* How many wait in a queue of an object whose lock is its first member. */
static unsigned length(void *object, struct goro_queue_ *q) {
    struct g *g = runtime_enter();
    lock_take(object);
    unsigned n = queue_check(q);
    lock_drop(object);
    runtime_leave(g);
    return n;
}
#define AWAIT_LENGTH(object, queue, n)                                                                                 \
    while (length((object), &(object)->queue) != (unsigned)(n)) goro_yield()

/* -- WaitGroup ------------------------------------------------------------------------------------------------------ */

static int done_calls;
static void count_call(int a, int b, int c, int d, int e, int f) {
    assert_int_equal(a + b + c + d + e + f, 21);
    __atomic_fetch_add(&done_calls, 1, __ATOMIC_RELAXED);
}
static void exit_early(void) { goro_exit(); }

static void wg_go_counts_every_end_of_a_goroutine(void **state) {
    (void)state;
    goro_wg wg = {0};
    done_calls = 0;
    for (int i = 0; i < 100; i++) goro_wg_go(&wg, count_call, 1, 2, 3, 4, 5, 6);
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, exit_early);
    goro_wg_wait(&wg);
    assert_int_equal(done_calls, 100);
    goro_wg_wait(&wg); /* zero: at once */
}

static void wait_for(goro_wg *wg, goro_wg *all) {
    goro_wg_wait(wg);
    goro_wg_done(all);
}

static void a_wg_wakes_all_its_waiters_and_may_vanish(void **state) {
    (void)state;
    for (int round = 0; round < 100; round++) {
        goro_wg all = {0}, *wg = calloc(1, sizeof *wg);
        goro_wg_add(wg, 1);
        goro_wg_add(&all, 1);
        go(wait_for, wg, &all);
        AWAIT_LENGTH(wg, waiters_, 1);
        goro_wg_done(wg);
        goro_wg_wait(&all);
        memset(wg, 0xee, sizeof *wg);
        free(wg);
    }
}

/* -- mutex ---------------------------------------------------------------------------------------------------------- */

static goro_mutex mu;
static long inside, entries;

static void enter_often(int n, int yields, goro_wg *wg) {
    for (int i = 0; i < n; i++) {
        goro_mutex_lock(&mu);
        inside++;
        if (yields) goro_yield();
        if (inside != 1) abort();
        inside--;
        entries++;
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

static void one_goroutine_at_a_time_is_inside_a_mutex(void **state) {
    (void)state;
    for (int yields = 0; yields < 2; yields++) {
        goro_wg wg = {0};
        entries = 0;
        goro_wg_add(&wg, 8);
        for (int i = 0; i < 8; i++) go(enter_often, 2000, yields, &wg);
        goro_wg_wait(&wg);
        assert_int_equal(entries, 16000);
        assert_true(goro_mutex_try_lock(&mu));
        assert_false(goro_mutex_try_lock(&mu));
        goro_mutex_unlock(&mu);
    }
}

static int order[16], arrived;
static void lock_and_note(int id, goro_wg *wg) {
    goro_mutex_lock(&mu);
    order[arrived++] = id;
    goro_mutex_unlock(&mu);
    goro_wg_done(wg);
}

/* A goroutine that relocks at once cannot keep the waiters out: the first is passed over once, then handed the lock. */
static void a_looping_locker_does_not_starve_the_waiters(void **state) {
    (void)state;
    goro_wg wg = {0};
    arrived = 0;
    goro_wg_add(&wg, 4);
    goro_mutex_lock(&mu);
    for (int i = 0; i < 4; i++) {
        go(lock_and_note, i, &wg);
        AWAIT_LENGTH(&mu, waiters_, i + 1);
    }
    int rounds = 0;
    while (__atomic_load_n(&arrived, __ATOMIC_RELAXED) < 4) {
        goro_mutex_unlock(&mu);
        goro_mutex_lock(&mu);
        goro_yield();
        assert_true(++rounds < 100);
    }
    goro_mutex_unlock(&mu);
    goro_wg_wait(&wg);
    for (int i = 0; i < 4; i++) assert_int_equal(order[i], i);
}

static void unlock_by_another(goro_mutex *m, goro_wg *wg) {
    goro_mutex_unlock(m);
    goro_wg_done(wg);
}

static void a_mutex_may_be_unlocked_by_another_goroutine(void **state) {
    (void)state;
    goro_wg wg = {0};
    goro_mutex m = {0};
    goro_mutex_lock(&m);
    goro_wg_add(&wg, 1);
    go(unlock_by_another, &m, &wg);
    goro_mutex_lock(&m);
    goro_mutex_unlock(&m);
    goro_wg_wait(&wg);
}

/* -- rwmutex ---------------------------------------------------------------------------------------------------------- */

static goro_rwmutex rw;
static int readers, writers;

static void read_often(int n, goro_wg *wg) {
    for (int i = 0; i < n; i++) {
        goro_rwmutex_rlock(&rw);
        __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
        goro_yield();
        if (__atomic_load_n(&writers, __ATOMIC_SEQ_CST)) abort();
        __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
        goro_rwmutex_runlock(&rw);
    }
    goro_wg_done(wg);
}
static void write_often(int n, goro_wg *wg) {
    for (int i = 0; i < n; i++) {
        goro_rwmutex_lock(&rw);
        if (__atomic_add_fetch(&writers, 1, __ATOMIC_SEQ_CST) != 1) abort();
        goro_yield();
        if (__atomic_load_n(&readers, __ATOMIC_SEQ_CST)) abort();
        __atomic_sub_fetch(&writers, 1, __ATOMIC_SEQ_CST);
        goro_rwmutex_unlock(&rw);
    }
    goro_wg_done(wg);
}

static void meet_inside(goro_wg *all_inside, goro_wg *wg) {
    goro_rwmutex_rlock(&rw);
    goro_wg_done(all_inside);
    goro_wg_wait(all_inside);
    goro_rwmutex_runlock(&rw);
    goro_wg_done(wg);
}

static void any_number_of_readers_is_inside_at_once(void **state) {
    (void)state;
    goro_wg all_inside = {0}, wg = {0};
    goro_wg_add(&all_inside, 6);
    goro_wg_add(&wg, 6);
    for (int i = 0; i < 6; i++) go(meet_inside, &all_inside, &wg);
    goro_wg_wait(&wg);
}

static void writers_exclude_readers_and_writers(void **state) {
    (void)state;
    goro_wg wg = {0};
    goro_wg_add(&wg, 8);
    for (int i = 0; i < 6; i++) go(read_often, 500, &wg);
    for (int i = 0; i < 2; i++) go(write_often, 500, &wg);
    goro_wg_wait(&wg);
    assert_true(goro_rwmutex_try_lock(&rw));
    assert_false(goro_rwmutex_try_rlock(&rw));
    goro_rwmutex_unlock(&rw);
    assert_true(goro_rwmutex_try_rlock(&rw));
    assert_true(goro_rwmutex_try_rlock(&rw));
    assert_false(goro_rwmutex_try_lock(&rw));
    goro_rwmutex_runlock(&rw);
    goro_rwmutex_runlock(&rw);
}

static void write_once(goro_wg *wg) {
    goro_rwmutex_lock(&rw);
    order[arrived++] = 'w';
    goro_rwmutex_unlock(&rw);
    goro_wg_done(wg);
}
static void read_once(goro_wg *wg) {
    goro_rwmutex_rlock(&rw);
    order[arrived++] = 'r'; /* one reader only in this test */
    goro_rwmutex_runlock(&rw);
    goro_wg_done(wg);
}

static void a_waiting_writer_keeps_new_readers_out(void **state) {
    (void)state;
    goro_wg wg = {0};
    arrived = 0;
    goro_wg_add(&wg, 3);
    goro_rwmutex_rlock(&rw);
    go(write_once, &wg);
    AWAIT_LENGTH(&rw, waiting_writers_, 1);
    assert_false(goro_rwmutex_try_rlock(&rw));
    go(read_once, &wg);
    AWAIT_LENGTH(&rw, waiting_readers_, 1);
    go(write_once, &wg);
    AWAIT_LENGTH(&rw, waiting_writers_, 2);
    goro_rwmutex_runlock(&rw);
    goro_wg_wait(&wg);
    assert_int_equal(order[0], 'w');
    assert_int_equal(order[1], 'r'); /* readers that waited go before the next writer */
    assert_int_equal(order[2], 'w');
}

/* -- once ------------------------------------------------------------------------------------------------------------- */

static int initialised;
static void initialise(int n) {
    goro_yield();
    initialised += n;
}
static void initialise_and_exit(void) {
    initialised++;
    goro_exit();
}
static void do_once(goro_once *once, int how, goro_wg *wg) {
    goro_at_exit((void (*)(void *))goro_wg_done, wg);
    if (how) goro_once_do(once, initialise_and_exit);
    else goro_once_do(once, initialise, 1);
    assert_int_equal(initialised, 1);
}

static void a_once_runs_once_and_all_wait_for_it(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++)
        for (int round = 0; round < 20; round++) {
            goro_once once = {0};
            goro_wg wg = {0};
            initialised = 0;
            goro_wg_add(&wg, 10);
            for (int i = 0; i < 10; i++) go(do_once, &once, how, &wg);
            goro_wg_wait(&wg);
            assert_int_equal(initialised, 1);
        }
}

/* -- cond --------------------------------------------------------------------------------------------------------------- */

struct turn {
    goro_mutex m;
    goro_rwmutex rw;
    goro_cond c;
    int ready, through;
};

static void pass_turn(struct turn *t, int kind, goro_wg *wg) {
    if (kind == 0) goro_mutex_lock(&t->m);
    else if (kind == 1) goro_rwmutex_lock(&t->rw);
    else goro_rwmutex_rlock(&t->rw);
    while (!__atomic_load_n(&t->ready, __ATOMIC_RELAXED)) goro_cond_wait(&t->c);
    __atomic_fetch_sub(&t->ready, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&t->through, 1, __ATOMIC_RELAXED);
    if (kind == 0) goro_mutex_unlock(&t->m);
    else if (kind == 1) goro_rwmutex_unlock(&t->rw);
    else goro_rwmutex_runlock(&t->rw);
    goro_wg_done(wg);
}

static void signals_wake_one_and_broadcasts_all(void **state) {
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct turn t = {0};
        goro_wg wg = {0};
        if (kind == 0) goro_cond_init(&t.c, &t.m);
        else if (kind == 1) goro_cond_init(&t.c, &t.rw);
        else goro_cond_init_rlock(&t.c, &t.rw);
        goro_cond_signal(&t.c); /* nobody waits: forgotten */
        goro_wg_add(&wg, 10);
        for (int i = 0; i < 10; i++) go(pass_turn, &t, kind, &wg);
        AWAIT_LENGTH(&t.c, waiters_, 10);
        for (int i = 1; i <= 3; i++) {
            __atomic_fetch_add(&t.ready, 1, __ATOMIC_RELAXED);
            goro_cond_signal(&t.c);
            while (__atomic_load_n(&t.through, __ATOMIC_RELAXED) != i) goro_yield();
            assert_int_equal(length(&t.c, &t.c.waiters_), 10 - i);
        }
        __atomic_fetch_add(&t.ready, 7, __ATOMIC_RELAXED);
        goro_cond_broadcast(&t.c);
        goro_wg_wait(&wg);
        assert_int_equal(t.through, 10);
    }
}

/* -- semaphore ------------------------------------------------------------------------------------------------------------ */

static goro_sem sem;
static void acquire_and_note(int id, int64_t n, goro_wg *wg) {
    assert_int_equal(goro_sem_acquire(&sem, NULL, n), 0);
    order[arrived++] = id;
    goro_sem_release(&sem, n);
    goro_wg_done(wg);
}

static void a_semaphore_serves_in_order_of_arrival(void **state) {
    (void)state;
    goro_wg wg = {0};
    goro_sem_init(&sem, 3);
    arrived = 0;
    goro_wg_add(&wg, 3);
    assert_true(goro_sem_try_acquire(&sem, 2));
    go(acquire_and_note, 0, INT64_C(3), &wg); /* large, first: the small ones behind must not overtake it */
    AWAIT_LENGTH(&sem, waiters_, 1);
    go(acquire_and_note, 1, INT64_C(1), &wg);
    AWAIT_LENGTH(&sem, waiters_, 2);
    assert_false(goro_sem_try_acquire(&sem, 1));
    go(acquire_and_note, 2, INT64_C(3), &wg);
    AWAIT_LENGTH(&sem, waiters_, 3);
    goro_sem_release(&sem, 2);
    goro_wg_wait(&wg);
    for (int i = 0; i < 3; i++) assert_int_equal(order[i], i);
    assert_int_equal(sem.held_, 0);
}

static void acquire_until_cancelled(goro_ctx *ctx, int64_t n, int *result, goro_wg *wg) {
    *result = goro_sem_acquire(&sem, ctx, n);
    goro_wg_done(wg);
}

static void a_cancelled_acquire_leaves_the_queue(void **state) {
    (void)state;
    goro_wg wg = {0};
    goro_sem_init(&sem, 2);
    goro_ctx *ctx = goro_ctx_with_cancel(goro_ctx_background()), *other = goro_ctx_with_cancel(goro_ctx_background());
    int first = -1, second = -1;
    goro_wg_add(&wg, 2);
    assert_int_equal(goro_sem_acquire(&sem, ctx, 1), 0);
    go(acquire_until_cancelled, ctx, INT64_C(2), &first, &wg);
    AWAIT_LENGTH(&sem, waiters_, 1);
    go(acquire_until_cancelled, other, INT64_C(1), &second, &wg);
    AWAIT_LENGTH(&sem, waiters_, 2);
    goro_ctx_cancel(ctx); /* the second one fits once the first has gone */
    goro_wg_wait(&wg);
    assert_int_equal(first, GORO_CANCELED);
    assert_int_equal(second, 0);
    assert_int_equal(goro_sem_acquire(&sem, ctx, 1), GORO_CANCELED);
    assert_int_equal(sem.held_, 2);
    goro_sem_release(&sem, 2);
    goro_ctx_free(ctx);
    goro_ctx_free(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wg_go_counts_every_end_of_a_goroutine),
        cmocka_unit_test(a_wg_wakes_all_its_waiters_and_may_vanish),
        cmocka_unit_test(one_goroutine_at_a_time_is_inside_a_mutex),
        cmocka_unit_test(a_looping_locker_does_not_starve_the_waiters),
        cmocka_unit_test(a_mutex_may_be_unlocked_by_another_goroutine),
        cmocka_unit_test(any_number_of_readers_is_inside_at_once),
        cmocka_unit_test(writers_exclude_readers_and_writers),
        cmocka_unit_test(a_waiting_writer_keeps_new_readers_out),
        cmocka_unit_test(a_once_runs_once_and_all_wait_for_it),
        cmocka_unit_test(signals_wake_one_and_broadcasts_all),
        cmocka_unit_test(a_semaphore_serves_in_order_of_arrival),
        cmocka_unit_test(a_cancelled_acquire_leaves_the_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
