/* Which accesses are choices: det_meets_another, which two tasks' accesses could come in the other order. */
#include "engine_test.h"

enum { PC_FIRST = 0x1001, PC_SECOND = 0x2001 };
static _Alignas(16) char memory[64];
#define HERE ((uintptr_t)memory)

static struct det_task *root, *a, *b;

static void begin(void) {
    engine_start(true, 0);
    root = det_task_new(NULL, DET_MAIN, 1, 0, 0);
    det_access(root, HERE + 8, 4, DET_WRITE, PC_FIRST);
    a = det_task_new(root, DET_GOROUTINE, 2, 0, 0);
    b = det_task_new(root, DET_GOROUTINE, 3, 0, 0);
}

static bool meets(struct det_task *t, uintptr_t address, size_t n, unsigned kind) {
    uintptr_t other;
    bool met = det_meets_another(t, address, n, kind, &other);
    if (met) assert_int_equal(other, PC_FIRST);
    return met;
}

static void a_write_meets_both_kinds(void **unused) {
    (void)unused;
    begin();
    assert_false(meets(b, HERE, 4, DET_WRITE));
    det_access(a, HERE, 4, DET_WRITE, PC_FIRST);
    assert_true(meets(b, HERE, 4, DET_READ));
    assert_true(meets(b, HERE, 4, DET_WRITE));
    assert_true(meets(b, HERE + 2, 8, DET_WRITE));
    assert_false(meets(b, HERE + 4, 4, DET_WRITE)); /* beside it */
    assert_false(meets(a, HERE, 4, DET_WRITE));     /* its own */
    det_fini();
}

static void reads_do_not_meet(void **unused) {
    (void)unused;
    begin();
    det_access(a, HERE, 4, DET_READ, PC_FIRST);
    assert_false(meets(b, HERE, 4, DET_READ));
    assert_true(meets(b, HERE, 4, DET_WRITE));
    det_access(b, HERE, 4, DET_READ, PC_FIRST); /* two entries */
    det_access(root, HERE, 4, DET_READ, PC_FIRST);
    assert_true(meets(b, HERE, 4, DET_WRITE));
    det_fini();
}

/* What was done before the task began cannot come after; what its parent does from then on can. */
static void what_an_ancestor_did_before_does_not_meet(void **unused) {
    struct det_task *grandchild;
    (void)unused;
    begin();
    grandchild = det_task_new(a, DET_GOROUTINE, 4, 0, 0);
    assert_false(meets(a, HERE + 8, 4, DET_WRITE));
    assert_false(meets(grandchild, HERE + 8, 4, DET_WRITE));
    det_access(root, HERE + 8, 4, DET_WRITE, PC_FIRST);
    assert_true(meets(a, HERE + 8, 4, DET_READ));
    assert_true(meets(grandchild, HERE + 8, 4, DET_READ));
    det_fini();
}

/* Ordered by a message, but the message could have come later. */
static void order_alone_does_not_part(void **unused) {
    struct det_sync *s;
    (void)unused;
    begin();
    s = det_sync_new();
    det_access(a, HERE, 4, DET_WRITE, PC_FIRST);
    det_release(a, s);
    det_acquire(b, s);
    assert_true(meets(b, HERE, 4, DET_READ));
    det_sync_free(s);
    det_fini();
}

static void a_common_lock_parts(void **unused) {
    uintptr_t lock = HERE + 32, other = HERE + 48;
    (void)unused;
    begin();
    det_lock_taken(a, FINDING_MUTEX, lock, 0, 1);
    det_access(a, HERE, 4, DET_WRITE, PC_FIRST);
    det_lock_dropped(a, lock, 0);
    assert_true(meets(b, HERE, 4, DET_WRITE));
    det_lock_taken(b, FINDING_MUTEX, other, 0, 1);
    assert_true(meets(b, HERE, 4, DET_WRITE));
    det_lock_taken(b, FINDING_MUTEX, lock, 0, 1);
    assert_false(meets(b, HERE, 4, DET_WRITE));
    det_fini();
}

/* Both hold it for reading: neither waits for the other. */
static void a_lock_held_for_reading_by_both_does_not_part(void **unused) {
    uintptr_t lock = HERE + 32;
    (void)unused;
    begin();
    det_lock_taken(a, FINDING_RWMUTEX, lock, DET_LOCK_READ, 1);
    det_access(a, HERE, 4, DET_WRITE, PC_FIRST);
    det_lock_taken(b, FINDING_RWMUTEX, lock, DET_LOCK_READ, 1);
    assert_true(meets(b, HERE, 4, DET_WRITE));
    det_fini();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_meets_both_kinds),
        cmocka_unit_test(reads_do_not_meet),
        cmocka_unit_test(what_an_ancestor_did_before_does_not_meet),
        cmocka_unit_test(order_alone_does_not_part),
        cmocka_unit_test(a_common_lock_parts),
        cmocka_unit_test(a_lock_held_for_reading_by_both_does_not_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
