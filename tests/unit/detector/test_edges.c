/* Each row of happens-before.md's table as the calls a front makes for it: what is ordered, and what is not.
 *
 * `did(x)` is an access by x now; `hears(y, x)` is whether that access is ordered before what y does now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "detector/detector.h"
#include "detector/task.h"
#include "detector/access.h"

enum { MOST = 40 };
static struct det_task *m, *g[MOST]; /* main, goroutines */
static uint64_t mark[MOST], main_mark;

static int begin(void **state) {
    (void)state;
    det_init(&(struct det_config){.single = true});
    m = det_task_new(NULL, DET_MAIN, 1, 0, 0);
    for (unsigned i = 0; i < MOST; i++) g[i] = det_task_new(m, DET_GOROUTINE, i + 2, 0, 0);
    return 0;
}
static int finish(void **state) {
    (void)state;
    det_check();
    det_fini();
    return 0;
}

static void did(unsigned x) { mark[x] = g[x]->touched = g[x]->stamp; }
static void main_did(void) { main_mark = m->touched = m->stamp; }
static bool hears(unsigned y, unsigned x) { return task_knows(g[y], mark[x]); }
static bool main_hears(unsigned x) { return task_knows(m, mark[x]); }

static void go_gives_the_child_its_parents_clock(void **state) {
    (void)state;
    main_did();
    struct det_task *child = det_task_new(m, DET_GOROUTINE, 100, 0, 0);
    assert_true(task_knows(child, main_mark));
    assert_false(task_knows(g[0], main_mark));
    main_did(); /* after the go statement */
    assert_false(task_knows(child, main_mark));
    child->touched = child->stamp;
    assert_false(task_knows(m, child->stamp)); /* the parent learns nothing */
    uint64_t stamp = child->stamp;
    det_task_end(child);
    assert_false(task_knows(m, stamp)); /* exit orders nothing */
}

static void unbuffered_orders_both_ways(void **state) {
    (void)state;
    did(0), did(1);
    det_rendezvous(g[0], g[1]);
    assert_true(hears(1, 0) && hears(0, 1));
    assert_false(hears(2, 0) || hears(2, 1));
    did(0), did(1);
    assert_false(hears(1, 0) || hears(0, 1));
}

static void buffered_orders_slot_by_slot(void **state) {
    (void)state;
    struct det_sync *slot[2] = {det_sync_new(), det_sync_new()};
    did(0), det_exchange(g[0], slot[0]); /* send 0 */
    did(1), det_exchange(g[1], slot[1]); /* send 1 */
    assert_false(hears(1, 0) || hears(0, 1)); /* two sends on different slots */
    did(2), det_exchange(g[2], slot[0]); /* receive 0 */
    assert_true(hears(2, 0));
    assert_false(hears(2, 1) || hears(0, 2));
    did(3), det_exchange(g[3], slot[1]); /* receive 1 */
    assert_true(hears(3, 1));
    assert_false(hears(3, 2) || hears(2, 3));
    det_exchange(g[4], slot[0]); /* send 2 = 0 + capacity: ordered after receive 0 */
    assert_true(hears(4, 2));
    assert_false(hears(4, 3));
}

static void exchange_says_what_was_known_before(void **state) {
    (void)state;
    struct det_sync *slot = det_sync_new();
    did(0), det_exchange(g[0], slot); /* send */
    did(1), det_exchange(g[1], slot); /* receive: hears 0, but says only 1 */
    det_exchange(g[2], slot);         /* the next send */
    assert_true(hears(1, 0) && hears(2, 1));
    assert_false(hears(2, 0)); /* capacity 1 orders no more than the formula */
}

static void close_is_heard_by_all(void **state) {
    (void)state;
    struct det_sync *closed = det_sync_new(), *slot = det_sync_new();
    did(1), det_exchange(g[1], slot);  /* a send */
    did(0), det_release(g[0], closed); /* close */
    for (unsigned i = 2; i < MOST; i++) {
        det_acquire(g[i], closed);
        assert_true(hears(i, 0));
        assert_false(hears(i, 1)); /* no slot's clock */
    }
    did(0);
    assert_false(hears(2, 0)); /* after the close */
}

static void draining_a_closed_channel_hears_the_slot_only(void **state) {
    (void)state;
    struct det_sync *closed = det_sync_new(), *slot = det_sync_new();
    did(0), det_exchange(g[0], slot);
    did(1), det_release(g[1], closed);
    det_exchange(g[2], slot);
    assert_true(hears(2, 0));
    assert_false(hears(2, 1));
}

static void mutex_orders_critical_sections(void **state) {
    (void)state;
    struct det_sync *mu = det_sync_new(), *other = det_sync_new();
    for (unsigned i = 0; i < MOST; i++) {
        det_acquire(g[i], mu);
        for (unsigned j = 0; j < i; j++) assert_true(hears(i, j));
        did(i), det_merge(g[i], mu);
    }
    det_acquire(m, other);
    assert_false(main_hears(0));
    det_acquire(m, mu);
    assert_true(main_hears(0) && main_hears(MOST - 1));
}

static void unlock_by_another_goroutine_loses_no_order(void **state) {
    (void)state;
    struct det_sync *mu = det_sync_new();
    did(0), det_merge(g[0], mu); /* unlock by the locker, long ago */
    did(1), det_merge(g[1], mu); /* unlock by one that had not locked */
    det_acquire(g[2], mu);
    assert_true(hears(2, 0) && hears(2, 1));
    assert_false(hears(1, 0));
}

static void readers_never_order_each_other(void **state) {
    (void)state;
    struct det_sync *w = det_sync_new(), *r = det_sync_new();
    did(0), det_release(g[0], w); /* a writer's unlock */
    for (unsigned i = 1; i < 30; i++) {
        det_acquire(g[i], w); /* rlock */
        assert_true(hears(i, 0));
        did(i), det_merge(g[i], r); /* runlock */
    }
    for (unsigned i = 2; i < 30; i++) assert_false(hears(i, i - 1) || hears(i - 1, i));
    det_acquire(g[30], w), det_acquire(g[30], r); /* a writer's lock */
    for (unsigned i = 0; i < 30; i++) assert_true(hears(30, i));
    did(30), det_release(g[30], w);
    det_acquire(g[31], w); /* the next reader */
    assert_true(hears(31, 30) && hears(31, 1));
    did(31), det_merge(g[31], r);
    det_acquire(g[32], w);
    assert_false(hears(32, 31));
    det_acquire(g[32], r);
    assert_true(hears(32, 31));
}

static void wait_hears_every_done(void **state) {
    (void)state;
    struct det_sync *wg = det_sync_new();
    for (unsigned i = 0; i < MOST; i++) did(i), det_merge(g[i], wg);
    for (unsigned i = 1; i < MOST; i++) assert_false(hears(i, i - 1) || hears(i - 1, i));
    det_acquire(m, wg);
    for (unsigned i = 0; i < MOST; i++) assert_true(main_hears(i));
    did(0);
    assert_false(main_hears(0)); /* after done */
    det_acquire(g[1], wg);       /* a second waiter */
    assert_true(hears(1, 5));
}

static void a_wait_group_used_again_keeps_its_order(void **state) {
    (void)state;
    struct det_sync *wg = det_sync_new();
    for (unsigned round = 0; round < 50; round++) {
        unsigned a = round % MOST, b = (round + 7) % MOST;
        did(a), det_merge(g[a], wg);
        did(b), det_merge(g[b], wg);
        det_acquire(m, wg);
        assert_true(main_hears(a) && main_hears(b));
    }
}

static void cond_signal_orders_with_the_wait_it_unblocks(void **state) {
    (void)state;
    struct det_sync *waiter = det_sync_new();
    did(0), det_release(g[0], waiter);
    det_acquire(g[1], waiter);
    assert_true(hears(1, 0));
    assert_false(hears(2, 0) || hears(0, 1));
}

static void semaphore_release_orders_with_acquire(void **state) {
    (void)state;
    struct det_sync *sem = det_sync_new();
    did(0), det_merge(g[0], sem);
    did(1), det_merge(g[1], sem);
    det_acquire(g[2], sem);
    assert_true(hears(2, 0) && hears(2, 1));
    did(2);
    assert_false(hears(0, 2) || hears(0, 1));
}

static void a_clock_belongs_to_its_address(void **state) {
    (void)state;
    static char object[256];
    uintptr_t a = (uintptr_t)object;
    for (unsigned i = 0; i < MOST; i++) did(i), det_release(g[i], det_sync_at(a + i));
    for (unsigned i = 0; i < MOST; i++) {
        assert_ptr_equal(det_sync_at(a + i), det_sync_at(a + i));
        det_acquire(m, det_sync_at(a + i));
        assert_true(main_hears(i));
        if (i + 1 < MOST) assert_false(main_hears(i + 1));
    }
    det_forget(a, 10); /* freed: what lies there next begins anew */
    det_acquire(g[20], det_sync_at(a + 5));
    assert_false(hears(20, 5));
    det_acquire(g[20], det_sync_at(a + 10));
    assert_true(hears(20, 10));
}

static void pthread_create_and_join(void **state) {
    (void)state;
    struct det_task *thread = det_task_new(g[0], DET_THREAD, 50, 0, 0);
    struct det_sync *ended = det_sync_new();
    thread->touched = thread->stamp;
    uint64_t stamp = thread->stamp;
    det_release(thread, ended);
    det_task_end(thread);
    assert_false(task_knows(g[0], stamp));
    det_acquire(g[0], ended);
    assert_true(task_knows(g[0], stamp));
}

static void a_task_without_parent_knows_nothing(void **state) {
    (void)state;
    main_did(), did(0);
    struct det_task *thread = det_task_new(NULL, DET_THREAD, 50, 0, 0);
    assert_false(task_knows(thread, main_mark) || task_knows(thread, mark[0]));
}

static void what_has_been_heard_can_be_told(void **state) {
    (void)state;
    did(3);
    assert_false(task_heard_of(m, mark[3]));
    assert_int_equal(task_heard(m, g[3]->slot), 0);
    struct det_sync *s = det_sync_new();
    uint32_t epoch = task_epoch(g[3]);
    det_release(g[3], s);
    det_acquire(m, s);
    assert_true(task_heard_of(m, mark[3]));
    assert_int_equal(task_heard(m, g[3]->slot), epoch);
    assert_int_equal(task_heard(g[3], g[3]->slot), epoch + 1);
}

static void a_copied_clock_says_what_the_original_said(void **state) {
    (void)state;
    struct det_sync *registered = det_sync_new(), *slot = det_sync_new();
    did(0);
    det_release(g[0], registered);
    did(1);
    det_exchange(g[1], slot);
    det_sync_copy(slot, registered); /* what the slot said is gone */
    did(2);
    det_merge(g[2], registered); /* not said when it was copied */
    det_exchange(g[3], slot);
    assert_true(hears(3, 0));
    assert_false(hears(3, 1) || hears(3, 2));
    det_sync_copy(slot, registered);
    det_acquire(g[4], slot);
    assert_true(hears(4, 0) && hears(4, 2));
    assert_false(hears(4, 3) || hears(0, 3)); /* whoever received before is not heard of */
    det_sync_copy(slot, det_sync_new());
    det_acquire(g[5], slot);
    assert_false(hears(5, 0));
}

#define edge(f) cmocka_unit_test_setup_teardown(f, begin, finish)
int main(void) {
    const struct CMUnitTest tests[] = {
        edge(go_gives_the_child_its_parents_clock),
        edge(unbuffered_orders_both_ways),
        edge(buffered_orders_slot_by_slot),
        edge(exchange_says_what_was_known_before),
        edge(close_is_heard_by_all),
        edge(draining_a_closed_channel_hears_the_slot_only),
        edge(mutex_orders_critical_sections),
        edge(unlock_by_another_goroutine_loses_no_order),
        edge(readers_never_order_each_other),
        edge(wait_hears_every_done),
        edge(a_wait_group_used_again_keeps_its_order),
        edge(cond_signal_orders_with_the_wait_it_unblocks),
        edge(semaphore_release_orders_with_acquire),
        edge(a_clock_belongs_to_its_address),
        edge(pthread_create_and_join),
        edge(a_task_without_parent_knows_nothing),
        edge(what_has_been_heard_can_be_told),
        edge(a_copied_clock_says_what_the_original_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
