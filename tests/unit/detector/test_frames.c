/* Watched frames: the return from a call whose local variables others know of, beside its ordered twin; what the table of
 * returns says of later uses of the memory; watches that end in other ways. */
#include "engine_test.h"

/* A stack of two calls, the inner one's frame below the outer one's. */
#define LOW ((uintptr_t)0x5500000000)
#define HIGH (LOW + 0x10000)
#define OUTER (LOW + 0x9000)
#define OUTER_END (LOW + 0x9100)
#define INNER (LOW + 0x8f00)
#define X (INNER + 0x40)

static struct det_task *a, *b;

static void look(const struct finding *f);

static void start(bool single) {
    struct det_task *m;

    engine_start(single, 0);
    m = main_task();
    a = child_of(m, 2);
    b = child_of(m, 3);
    det_task_stack(a, LOW, HIGH);
    found_also = look;
}

static void stop(void) {
    det_check();
    assert_null(degraded_text);
    det_fini();
}

static struct finding last;
static void look(const struct finding *f) { last = *f; }

static void expect(unsigned n, const char *code) {
    assert_int_equal(found_count, n);
    if (n) assert_string_equal(found[n - 1].code, code);
}

/* Two calls are entered, and X in the inner one's frame becomes known to others. */
static void enter_and_give(void) {
    det_enter(a, 0x100);
    det_enter(a, 0x200);
    wr(a, X, 8, 0x300);
    assert_true(det_on_stack(a, X));
    assert_false(det_is_watched(a, X));
    det_watch(a, 2, INNER, OUTER, X);
    assert_true(det_is_watched(a, X));
    assert_false(det_is_watched(a, OUTER));
    order(a, b);
}

static void leave_inner(void) {
    assert_false(det_leave(a));
    det_leave_watched(a, INNER, OUTER, 0x400);
    assert_int_equal(det_depth(a), 1);
}

static void a_use_after_the_return_is_found(void **state) {
    (void)state;
    for (int single = 0; single < 2; single++) {
        start(single);
        enter_and_give();
        leave_inner();
        rd(b, X, 4, 0x500);
        expect(1, "GR003");
        assert_int_equal(found[0].now, 0x500);
        assert_int_equal(found[0].then, 0x400);
        assert_int_equal(found[0].then_kind, DET_WRITE | DET_LEFT);
        assert_int_equal(found[0].then_frames, 3);
        assert_int_equal(last.memory, FINDING_STACK_LEFT);
        assert_int_equal(last.block, INNER);
        assert_int_equal(last.block_size, OUTER - INNER);
        assert_int_equal(last.block_task_id, 2);
        stop();
    }
}

static void a_use_before_it_is_found_too(void **state) {
    (void)state;
    for (int single = 0; single < 2; single++) {
        start(single);
        enter_and_give();
        rd(b, X, 4, 0x500);
        leave_inner();
        expect(1, "GR003");
        assert_int_equal(found[0].now, 0x400);
        assert_int_equal(found[0].then, 0x500);
        assert_int_equal(found[0].now_kind, DET_WRITE | DET_LEFT);
        assert_int_equal(last.memory, FINDING_STACK_LEFT);
        assert_int_equal(last.block, INNER);
        assert_int_equal(last.block_task_id, 2);
        stop();
    }
}

static void an_ordered_use_is_none(void **state) {
    (void)state;
    for (int single = 0; single < 2; single++) {
        start(single);
        enter_and_give();
        rd(b, X, 4, 0x500);
        order(b, a);
        leave_inner();
        order(a, b);
        rd(b, X, 4, 0x501); /* it has been given this memory again */
        expect(0, NULL);
        stop();
    }
}

static void the_callers_frame_lives_on(void **state) {
    (void)state;
    start(true);
    wr(a, OUTER, 8, 0x300);
    enter_and_give();
    leave_inner();
    rd(b, OUTER, 8, 0x500);
    assert_true(det_leave(a)); /* not watched */
    expect(0, NULL);
    stop();
}

static void what_the_owner_writes_there_later_is_no_excuse(void **state) {
    (void)state;
    start(true);
    enter_and_give();
    leave_inner();
    det_enter(a, 0x600);
    wr(a, X, 8, 0x601);
    rd(b, X, 4, 0x500);
    expect(1, "GR003");
    assert_int_equal(found[0].then, 0x400);
    assert_int_equal(last.memory, FINDING_STACK_LEFT);
    wr(a, X, 8, 0x602); /* the same from the other side */
    expect(1, "GR003");
    stop();
}

static void who_knows_of_the_return_races_with_the_new_use(void **state) {
    (void)state;
    start(true);
    enter_and_give();
    leave_inner();
    order(a, b);
    det_enter(a, 0x600);
    wr(a, X, 8, 0x601);
    rd(b, X, 4, 0x500);
    expect(1, "GR001");
    assert_int_equal(found[0].then, 0x601);
    stop();
}

static void another_frame_than_the_watched_one_is_not_written(void **state) {
    (void)state;
    start(true);
    enter_and_give();
    assert_false(det_leave(a));
    det_leave_watched(a, INNER, OUTER + 16, 0x400);
    assert_int_equal(det_depth(a), 1);
    assert_false(det_is_watched(a, X));
    rd(b, X, 4, 0x500);
    expect(0, NULL);
    stop();
}

static void watches_end_where_calls_are_jumped_over(void **state) {
    (void)state;
    start(true);
    enter_and_give();
    det_watch(a, 1, OUTER, OUTER_END, OUTER + 8);
    det_unwind(a, 1);
    assert_false(det_is_watched(a, X));
    assert_true(det_is_watched(a, OUTER + 8));
    det_check();
    det_enter(a, 0x600);
    assert_true(det_leave(a));
    assert_false(det_leave(a));
    det_leave_watched(a, OUTER, OUTER_END, 0x401);
    rd(b, X, 4, 0x500);
    expect(0, NULL);
    rd(b, OUTER + 16, 4, 0x500);
    expect(1, "GR003");
    det_leave_watched(a, 0, 0, 0x402); /* the sentinel stays */
    assert_int_equal(det_depth(a), 0);
    stop();
}

/* In any order, and as the trail grows. */
static void frames_are_watched_at_any_depth(void **state) {
    enum { CALLS = 300, BYTES = 64 };

    (void)state;
    start(true);
    for (uintptr_t i = 1; i <= CALLS; i++) {
        uintptr_t watched = i % 3 ? i : i / 2;

        det_enter(a, 0x1000 + i);
        det_watch(a, (uint32_t)watched, HIGH - BYTES * watched, HIGH - BYTES * (watched - 1), HIGH - BYTES * watched);
        assert_int_equal(det_call(a, (uint32_t)i), 0x1000 + i);
        det_check();
    }
    for (uintptr_t i = CALLS; i >= 1; i--) {
        assert_int_equal(det_depth(a), i);
        if (!det_leave(a)) det_leave_watched(a, HIGH - BYTES * i, HIGH - BYTES * (i - 1), 0x400);
        det_check();
    }
    assert_int_equal(det_depth(a), 0);
    rd(b, HIGH - BYTES * 5, 4, 0x500);
    expect(1, "GR003");
    assert_int_equal(found[0].then_frames, 6);
    stop();
}

/* Of a frame that is too large to be written whole, what lies from the given address on. */
static void of_a_large_frame_a_part_is_written(void **state) {
    (void)state;
    start(true);
    det_enter(a, 0x100);
    det_watch(a, 1, LOW + 0x100, HIGH - 0x100, LOW + 0x6004);
    order(a, b);
    det_leave_watched(a, LOW + 0x100, HIGH - 0x100, 0x400);
    rd(b, LOW + 0x200, 8, 0x501);
    rd(b, HIGH - 0x200, 8, 0x502);
    expect(0, NULL);
    rd(b, LOW + 0x6008, 8, 0x503);
    expect(1, "GR003");
    assert_int_equal(last.block, LOW + 0x100);
    assert_int_equal(last.block_size, HIGH - LOW - 0x200);
    stop();
}

static void the_end_of_the_stack_does_not_hide_the_return(void **state) {
    (void)state;
    start(true);
    enter_and_give();
    leave_inner();
    det_task_end(a);
    rd(b, X, 4, 0x500);
    expect(1, "GR003");
    assert_int_equal(found[0].then, 0x400);
    assert_int_equal(last.memory, FINDING_STACK_LEFT);
    stop();
}

static void a_stack_for_another_begins_anew(void **state) {
    struct det_task *c;

    (void)state;
    start(true);
    enter_and_give();
    leave_inner();
    det_task_end(a);
    c = child_of(b, 4);
    det_task_stack(c, LOW, HIGH);
    wr(c, X, 4, 0x600);
    order(c, b);
    rd(b, X, 4, 0x601);
    expect(0, NULL);
    stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_use_after_the_return_is_found),
        cmocka_unit_test(a_use_before_it_is_found_too),
        cmocka_unit_test(an_ordered_use_is_none),
        cmocka_unit_test(the_callers_frame_lives_on),
        cmocka_unit_test(what_the_owner_writes_there_later_is_no_excuse),
        cmocka_unit_test(who_knows_of_the_return_races_with_the_new_use),
        cmocka_unit_test(another_frame_than_the_watched_one_is_not_written),
        cmocka_unit_test(watches_end_where_calls_are_jumped_over),
        cmocka_unit_test(frames_are_watched_at_any_depth),
        cmocka_unit_test(of_a_large_frame_a_part_is_written),
        cmocka_unit_test(the_end_of_the_stack_does_not_hide_the_return),
        cmocka_unit_test(a_stack_for_another_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
