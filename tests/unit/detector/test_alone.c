/* A thread that has the engine to itself without locks, until another comes, at any moment: nothing is torn, nothing is
 * invented, nothing is missed. Meant for TSan and ASan builds too. */
#include "engine_test.h"
#include "detector/engine.h"

#include <pthread.h>
#include <sched.h>

enum { ENGINES = 300, BEFORE = 300, AFTER = 60, PLACES = 64 };
#define RACED ((uintptr_t)0x6800000000)
#define GUARDED ((uintptr_t)0x6800001000)
#define OWN(i) ((uintptr_t)0x6900000000 + ((uintptr_t)(i) << 20))

static struct det_task *m, *other;
static struct det_sync *guard_clock;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static unsigned come; /* the other thread may: stored with release, loaded with acquire */

static void start(bool alone) {
    struct det_config c = {.emit = keep_finding, .degraded = keep_degraded, .alone = alone};

    found_count = 0;
    degraded_text = NULL;
    found_also = NULL;
    come = 0;
    det_init(&c);
    m = main_task();
    guard_clock = det_sync_new();
    other = det_task_new(m, DET_THREAD, 2, 0x900000, 0x5000);
}

/* Something of every kind: cells, lists, clocks that are shared and dropped, paths, locks, blocks, an atomic. */
static void work(struct det_task *t, unsigned who, unsigned round) {
    uintptr_t block = OWN(who) + 65536 + 64 * (round % PLACES);
    struct det_sync *s = det_sync_new();
    struct det_atomic a;

    wr(t, OWN(who) + 8 * (round % PLACES), 8, 0x100 + round % 7);
    rd(t, OWN(who) + 8 * (round % PLACES) + 4, 4, 0x200 + round % 5);
    det_release(t, s);
    det_exchange(t, s);
    det_sync_free(s);
    det_alloc(t, block, 48, 0x300);
    det_range(t, block, 40, DET_WRITE, 0x301);
    det_free(t, block, 0x302);
    a = det_atomic_begin(t, GUARDED + 512, 4, DET_ATOMIC_RMW, 0x303);
    det_atomic_end(a, DET_ATOMIC_RMW, __ATOMIC_ACQ_REL);
    pthread_mutex_lock(&guard);
    det_acquire(t, guard_clock);
    det_lock_taken(t, FINDING_MUTEX, 0xaa, false, 0x400);
    wr(t, GUARDED + 8 * (round % PLACES), 4, 0x401 + who);
    rd(t, GUARDED + 8 * (round % PLACES), 8, 0x411 + who);
    det_lock_dropped(t, 0xaa, false);
    det_merge(t, guard_clock);
    pthread_mutex_unlock(&guard);
}

static void *second_thread(void *arg) {
    while (!__atomic_load_n(&come, __ATOMIC_ACQUIRE)) {
    }
    wr(other, RACED, 8, 0x2);
    for (unsigned i = 0; i < AFTER; i++) work(other, 1, i);
    det_thread_end();
    return arg;
}

static void another_comes_at(unsigned round) {
    pthread_t thread;

    wr(m, RACED, 8, 0x1);
    assert_int_equal(pthread_create(&thread, NULL, second_thread, NULL), 0);
    for (unsigned i = 0; i < round + AFTER; i++) {
        if (i == round) __atomic_store_n(&come, 1, __ATOMIC_RELEASE);
        work(m, 0, i);
    }
    pthread_join(thread, NULL);
}

static void a_second_thread_may_come_at_any_moment(void **state) {
    (void)state;
    for (unsigned i = 0; i < ENGINES; i++) {
        start(true);
        assert_true(engine_is_single());
        another_comes_at(i % BEFORE);
        assert_false(engine_is_single());
        assert_int_equal(found_count, 1);
        assert_string_equal(found[0].code, "GR001");
        assert_int_equal(found[0].now, 0x2);
        assert_int_equal(found[0].then, 0x1);
        det_check();
        assert_null(degraded_text);
        det_fini();
    }
}

static void *enter_once(void *arg) {
    struct det_sync *s = det_sync_new();

    __atomic_store_n(&come, 1, __ATOMIC_RELEASE);
    det_sync_free(s);
    return arg;
}

/* However long it takes. Between the two points at which the other can be seen, it is given every chance to be early. */
static void who_comes_waits_for_the_end_of_a_section(void **state) {
    pthread_t thread;
    bool outer, inner;

    (void)state;
    start(true);
    outer = engine_enter();
    assert_true(outer);
    assert_int_equal(pthread_create(&thread, NULL, enter_once, NULL), 0);
    while (engine_is_single()) sched_yield();
    inner = engine_enter(); /* the rest of what we do is shared, but nobody is in yet */
    assert_false(inner);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(__atomic_load_n(&come, __ATOMIC_ACQUIRE), 0);
        sched_yield();
    }
    engine_leave(&inner);
    engine_leave(&outer);
    pthread_join(thread, NULL);
    assert_int_equal(come, 1);
    assert_null(engine.owner);
    det_check();
    det_fini();
}

static void one_thread_stays_alone(void **state) {
    (void)state;
    start(true);
    for (unsigned i = 0; i < BEFORE; i++) {
        work(m, 0, i);
        work(other, 1, i);
    }
    assert_true(engine_is_single());
    assert_int_equal(engine.depth, 0);
    assert_int_equal(found_count, 0);
    det_check();
    det_fini();
}

static void without_being_told_there_are_locks_from_the_start(void **state) {
    (void)state;
    start(false);
    assert_false(engine_is_single());
    det_fini();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_thread_may_come_at_any_moment),
        cmocka_unit_test(who_comes_waits_for_the_end_of_a_section),
        cmocka_unit_test(one_thread_stays_alone),
        cmocka_unit_test(without_being_told_there_are_locks_from_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
