/* Which candidates the run's own trace allows (detector/preserve.c), one reason at a time. */
#include "engine_test.h"

enum { PC_A = 0x1001, PC_B = 0x2001, PC_FIRST = 0x3001, PC_THEN = 0x4001, PC_IN = 0x5001 };
static _Alignas(4096) char memory[4096];
#define DATA ((uintptr_t)memory)
#define SHARED ((uintptr_t)memory + 512)
#define MUTEX ((uintptr_t)memory + 1024)

static struct det_task *root, *a, *b, *c;
static struct finding_handover handover;
static bool allowed;

static void keep_allowed(const struct finding *f) {
    if (!f->reorderable || f->accesses[0].address != DATA) return;
    allowed = true;
    handover = f->handover;
}

static void begin(void) {
    engine_start(true, 0);
    det_reorder_begin(true);
    found_also = keep_allowed;
    allowed = false;
    root = main_task();
    a = child_of(root, 2);
    b = child_of(root, 3);
    c = child_of(root, 4);
}

static void write_at(struct det_task *t, uintptr_t address, uintptr_t pc) { det_range(t, address, 4, DET_WRITE, pc); }
static void read_at(struct det_task *t, uintptr_t address, uintptr_t pc) { det_range(t, address, 4, DET_READ, pc); }
static void take(struct det_task *t, uintptr_t pc) { det_lock_taken(t, FINDING_MUTEX, MUTEX, 0, pc); }
static void drop(struct det_task *t) { det_lock_dropped(t, MUTEX, 0); }

static void first_half(void) {
    begin();
    write_at(a, DATA, PC_A);
    take(a, PC_FIRST);
    write_at(a, SHARED, PC_IN);
    drop(a);
}
static void second_half(void) {
    take(b, PC_THEN);
    drop(b);
    write_at(b, DATA, PC_B);
}
static void end(bool expected) {
    assert_int_equal(found_count > 0, true);
    assert_int_equal(allowed, expected);
    det_fini();
}

static void sections_that_share_nothing_may_come_the_other_way_round(void **unused) {
    (void)unused;
    first_half();
    second_half();
    assert_int_equal(handover.kind, FINDING_MUTEX);
    assert_int_equal(handover.lock, MUTEX);
    assert_int_equal(handover.from, PC_FIRST);
    assert_int_equal(handover.to, PC_THEN);
    end(true);
}

static void a_value_that_was_read_keeps_them(void **unused) {
    (void)unused;
    first_half();
    take(b, PC_THEN);
    read_at(b, SHARED, PC_IN);
    drop(b);
    write_at(b, DATA, PC_B);
    end(false);
}

static void what_replaces_a_value_counts_as_its_reader(void **unused) {
    (void)unused;
    first_half();
    take(b, PC_THEN);
    write_at(b, SHARED, PC_IN);
    drop(b);
    write_at(b, DATA, PC_B);
    end(false);
}

static void a_value_may_come_by_a_third(void **unused) {
    (void)unused;
    first_half();
    take(c, PC_IN);
    read_at(c, SHARED, PC_IN);
    drop(c);
    write_at(c, SHARED + 8, PC_IN);
    read_at(b, SHARED + 8, PC_IN);
    second_half();
    end(false);
}

static void memory_that_is_new_says_nothing(void **unused) {
    (void)unused;
    first_half();
    det_forget(SHARED, 64);
    take(b, PC_THEN);
    read_at(b, SHARED, PC_IN);
    drop(b);
    write_at(b, DATA, PC_B);
    end(true);
}

/* Of another object even. */
static void operations_keep_their_order(void **unused) {
    struct det_sync *one, *other;

    (void)unused;
    first_half();
    one = det_sync_new(), other = det_sync_new();
    det_merge(a, one);
    det_acquire(b, other);
    second_half();
    end(false);
}

static void what_tells_nothing_needs_all_before(void **unused) {
    (void)unused;
    first_half();
    det_begins(b);
    second_half();
    end(true); /* it was the lock */
    first_half();
    det_begins(b);
    read_at(b, DATA + 64, PC_IN);
    second_half();
    end(false);
    first_half();
    det_begins(b);
    det_gave_way(b);
    read_at(b, DATA + 64, PC_IN);
    second_half();
    end(true);
}

static void who_waited_for_time_has_heard_nothing(void **unused) {
    (void)unused;
    first_half();
    det_block(b, FINDING_SLEEP, 0, PC_IN);
    det_wake(b);
    second_half();
    end(true);
    first_half();
    det_merge(a, det_sync_new());
    det_block(b, FINDING_CHAN, DATA, PC_IN);
    det_wake(b);
    second_half();
    end(false);
}

static void a_lock_that_another_unlocks_is_none(void **unused) {
    (void)unused;
    begin();
    write_at(a, DATA, PC_A);
    take(a, PC_FIRST);
    drop(c);
    second_half();
    end(false);
}

static void who_is_started_behind_an_access_comes_behind_it(void **unused) {
    struct det_task *d;

    (void)unused;
    first_half();
    take(c, PC_IN);
    d = child_of(c, 5);
    drop(c);
    take(d, PC_THEN);
    drop(d);
    write_at(d, DATA, PC_B);
    end(true);
    first_half();
    take(c, PC_IN);
    read_at(c, SHARED, PC_IN);
    d = child_of(c, 5);
    drop(c);
    take(d, PC_THEN);
    drop(d);
    write_at(d, DATA, PC_B);
    end(false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_that_share_nothing_may_come_the_other_way_round),
        cmocka_unit_test(a_value_that_was_read_keeps_them),
        cmocka_unit_test(what_replaces_a_value_counts_as_its_reader),
        cmocka_unit_test(a_value_may_come_by_a_third),
        cmocka_unit_test(memory_that_is_new_says_nothing),
        cmocka_unit_test(operations_keep_their_order),
        cmocka_unit_test(what_tells_nothing_needs_all_before),
        cmocka_unit_test(who_waited_for_time_has_heard_nothing),
        cmocka_unit_test(a_lock_that_another_unlocks_is_none),
        cmocka_unit_test(who_is_started_behind_an_access_comes_behind_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
