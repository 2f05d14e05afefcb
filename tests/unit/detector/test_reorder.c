/* Candidates for races in another order of locks (detector/reorder.c): what locks order is a pair, all else is not. */
#include "engine_test.h"

enum { PC_A = 0x1001, PC_B = 0x2001, PC_C = 0x3001, PC_LOCK = 0x4001, PAGE = 4096 };
static _Alignas(PAGE) char memory[4 * PAGE];
#define HERE ((uintptr_t)memory)
#define MUTEX ((uintptr_t)memory + 1024)
#define OTHER ((uintptr_t)memory + 1088)

static struct det_task *root, *a, *b, *c;

static void begin(void) {
    engine_start(true, 0);
    det_reorder_begin(true);
    root = main_task();
    a = child_of(root, 2);
    b = child_of(root, 3);
    c = child_of(root, 4);
}

static void write_at(struct det_task *t, uintptr_t pc) { det_range(t, HERE, 4, DET_WRITE, pc); }
static void read_at(struct det_task *t, uintptr_t pc) { det_range(t, HERE, 4, DET_READ, pc); }
static void take(struct det_task *t, uintptr_t lock) { det_lock_taken(t, FINDING_MUTEX, lock, 0, PC_LOCK); }
static void drop(struct det_task *t, uintptr_t lock) { det_lock_dropped(t, lock, 0); }
static void pass(struct det_task *t, uintptr_t lock) {
    take(t, lock);
    drop(t, lock);
}

static void expect_pair(unsigned i, uintptr_t now, uintptr_t then) {
    assert_true(i < found_count);
    assert_string_equal(found[i].code, "GR001");
    assert_int_equal(found[i].now, now);
    assert_int_equal(found[i].then, then);
}

static void is_predicted(const struct finding *f) { assert_int_equal(f->certainty, FINDING_PREDICTED); }

static void what_a_lock_alone_orders_is_a_pair(void **unused) {
    (void)unused;
    begin();
    found_also = is_predicted;
    write_at(a, PC_A);
    pass(a, MUTEX);
    pass(b, MUTEX);
    write_at(b, PC_B);
    assert_int_equal(found_count, 1);
    expect_pair(0, PC_B, PC_A);
    det_fini();
}

static void a_common_lock_excludes(void **unused) {
    (void)unused;
    begin();
    take(a, MUTEX);
    write_at(a, PC_A);
    drop(a, MUTEX);
    take(b, OTHER);
    take(b, MUTEX);
    write_at(b, PC_B);
    drop(b, MUTEX);
    drop(b, OTHER);
    assert_int_equal(found_count, 0);
    take(c, OTHER); /* which only b has had */
    write_at(c, PC_C);
    drop(c, OTHER);
    assert_int_equal(found_count, 1);
    expect_pair(0, PC_C, PC_A);
    det_fini();
}

/* The same bytes, before the lock and under it: the first is not forgotten for the second. */
static void an_access_under_a_lock_does_not_hide_one_without(void **unused) {
    (void)unused;
    begin();
    write_at(a, PC_A);
    take(a, MUTEX);
    write_at(a, PC_C);
    drop(a, MUTEX);
    take(b, MUTEX);
    write_at(b, PC_B);
    drop(b, MUTEX);
    assert_int_equal(found_count, 1);
    expect_pair(0, PC_B, PC_A);
    det_fini();
}

static void all_other_order_stays(void **unused) {
    struct det_sync *s;
    (void)unused;
    begin();
    s = det_sync_new();
    write_at(root, PC_C);
    write_at(a = child_of(root, 5), PC_A);
    det_release(a, s);
    det_acquire(b = child_of(root, 6), s);
    write_at(b, PC_B);
    assert_int_equal(found_count, 0);
    det_sync_free(s);
    det_fini();
}

/* As the front of read-write locks tells them: two clocks, neither orders. */
static void readers_clock_orders_nothing(void **unused) {
    struct det_sync *readers;
    (void)unused;
    begin();
    det_lock_taken(a, FINDING_RWMUTEX, MUTEX, DET_LOCK_READ, PC_LOCK);
    write_at(a, PC_A);
    det_lock_dropped(a, MUTEX, DET_LOCK_READ);
    readers = det_sync_at(MUTEX + 8);
    det_merge(a, readers);
    det_lock_taken(b, FINDING_RWMUTEX, MUTEX, DET_LOCK_READ, PC_LOCK);
    read_at(b, PC_B); /* two readers do not exclude each other */
    det_lock_dropped(b, MUTEX, DET_LOCK_READ);
    assert_int_equal(found_count, 1);
    det_lock_taken(c, FINDING_RWMUTEX, MUTEX, 0, PC_LOCK);
    det_acquire(c, readers);
    write_at(c, PC_C); /* but a writer and a reader */
    assert_int_equal(found_count, 1);
    det_lock_dropped(c, MUTEX, DET_LOCK_REPLACES);
    det_range(c, HERE, 4, DET_WRITE, PC_C + 16);
    assert_int_equal(found_count, 3);
    expect_pair(1, PC_C + 16, PC_B);
    expect_pair(2, PC_C + 16, PC_A);
    det_fini();
}

static void reads_and_atomics_are_no_pairs(void **unused) {
    (void)unused;
    begin();
    read_at(a, PC_A);
    pass(a, MUTEX);
    pass(b, MUTEX);
    read_at(b, PC_B);
    det_range(a, HERE + 8, 4, DET_WRITE | DET_ATOMIC, PC_A);
    det_range(b, HERE + 8, 4, DET_WRITE | DET_ATOMIC, PC_B);
    assert_int_equal(found_count, 0);
    det_range(b, HERE + 8, 4, DET_READ, PC_C);
    assert_int_equal(found_count, 1);
    assert_string_equal(found[0].code, "GR002");
    det_fini();
}

static void memory_that_is_new_knows_nothing(void **unused) {
    (void)unused;
    begin();
    write_at(a, PC_A);
    det_alloc(b, HERE, 64, PC_B);
    write_at(b, PC_B);
    assert_int_equal(found_count, 0);
    det_forget(HERE - HERE % PAGE, 2 * PAGE);
    write_at(c, PC_C);
    assert_int_equal(found_count, 0);
    det_fini();
}

/* Of more than a list holds, the oldest are lost, and of more pages than there is room for, all further ones; that is said. */
static void what_is_too_much_is_given_up(void **unused) {
    enum { TASKS = 40, PAGES = 10000 };
    uintptr_t far = UINT64_C(0x100000000);
    (void)unused;
    begin();
    take(a, MUTEX);
    write_at(a, PC_A);
    drop(a, MUTEX);
    for (unsigned i = 0; i < TASKS; i++) {
        struct det_task *t = child_of(root, 10 + i);
        take(t, MUTEX);
        write_at(t, PC_B + i * 16);
        drop(t, MUTEX);
    }
    assert_int_equal(found_count, 0);
    write_at(c, PC_C);
    assert_in_range(found_count, 1, TASKS);
    assert_null(degraded_text);
    for (unsigned i = 0; i < PAGES; i++) det_range(a, far + (uintptr_t)i * PAGE, 4, DET_WRITE, PC_A);
    assert_non_null(degraded_text);
    det_check();
    det_fini();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_lock_alone_orders_is_a_pair),
        cmocka_unit_test(a_common_lock_excludes),
        cmocka_unit_test(an_access_under_a_lock_does_not_hide_one_without),
        cmocka_unit_test(all_other_order_stays),
        cmocka_unit_test(readers_clock_orders_nothing),
        cmocka_unit_test(reads_and_atomics_are_no_pairs),
        cmocka_unit_test(memory_that_is_new_knows_nothing),
        cmocka_unit_test(what_is_too_much_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
