/* Each rule of what a race is, beside its ordered twin; memory's life; what lies between two accesses; bounds. */
#include "engine_test.h"
#include "detector/history.h"
#include "detector/path.h"
#include "detector/world.h"

#define X ((uintptr_t)0x5500001000)

static struct det_task *a, *b;

static void start_two(bool single) {
    struct det_task *m;

    engine_start(single, 0);
    m = main_task();
    a = child_of(m, 2);
    b = child_of(m, 3);
}

static void stop(void) {
    det_check();
    assert_null(degraded_text);
    det_fini();
}

static void expect(unsigned n, const char *code) {
    assert_int_equal(found_count, n);
    for (unsigned i = 0; i < n; i++) assert_string_equal(found[i].code, code);
}

/* -- two accesses ------------------------------------------------------------------------------------------------- */

static void two_accesses(unsigned first, unsigned second, const char *code) {
    for (int single = 0; single < 2; single++) {
        start_two(single);
        det_access(a, X, 8, first, 1);
        det_access(b, X, 8, second, 2);
        expect(code ? 1 : 0, code);
        if (code) {
            assert_int_equal(found[0].now, 2);
            assert_int_equal(found[0].then, 1);
            assert_int_equal(found[0].now_task, 3);
            assert_int_equal(found[0].then_task, 2);
            assert_int_equal(found[0].now_kind, second);
            assert_int_equal(found[0].then_kind, first);
        }
        stop();

        start_two(single); /* the twin */
        det_access(a, X, 8, first, 1);
        order(a, b);
        det_access(b, X, 8, second, 2);
        expect(0, NULL);
        stop();
    }
}

static void unordered_conflicting_accesses_race_and_others_do_not(void **state) {
    const unsigned AR = DET_ATOMIC | DET_READ, AW = DET_ATOMIC | DET_WRITE;

    (void)state;
    two_accesses(DET_READ, DET_READ, NULL);
    two_accesses(DET_READ, DET_WRITE, "GR001");
    two_accesses(DET_WRITE, DET_READ, "GR001");
    two_accesses(DET_WRITE, DET_WRITE, "GR001");
    two_accesses(AR, DET_READ, NULL);
    two_accesses(AR, DET_WRITE, "GR002");
    two_accesses(DET_WRITE, AR, "GR002");
    two_accesses(AW, DET_READ, "GR002");
    two_accesses(DET_READ, AW, "GR002");
    two_accesses(AW, DET_WRITE, "GR002");
    two_accesses(DET_WRITE, AW, "GR002");
    two_accesses(AW, AW, NULL);
    two_accesses(AW, AR, NULL);
    two_accesses(AR, AW, NULL);
}

static void the_channel_marker_gives_a_predicted_finding(void **state) {
    (void)state;
    two_accesses(DET_READ | DET_MARK, DET_READ | DET_MARK, NULL);
    two_accesses(DET_READ | DET_MARK, DET_WRITE | DET_MARK, "GC001");
    two_accesses(DET_WRITE | DET_MARK, DET_READ | DET_MARK, "GC001");
}

static void neighbouring_bytes_do_not_race(void **state) {
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned j = 0; j < 8; j++) {
            start_two(true);
            wr(a, X + i, 1, 1);
            wr(b, X + j, 1, 2);
            expect(i == j, "GR001");
            if (i == j) {
                assert_int_equal(found[0].then_address, X + i);
                assert_int_equal(found[0].then_size, 1);
            }
            stop();
        }
    }
}

static void an_unaligned_access_reaches_into_the_next_granule(void **state) {
    (void)state;
    start_two(true);
    wr(a, X + 4, 8, 1);
    wr(b, X + 12, 4, 2);
    expect(0, NULL);
    wr(b, X + 8, 4, 3);
    expect(1, "GR001");
    stop();
}

static void both_fields_of_a_granule_keep_their_own_stack(void **state) {
    (void)state;
    start_two(true);
    wr(a, X, 4, 0x11);
    wr(a, X + 4, 4, 0x12);
    rd(b, X + 4, 4, 0x21);
    rd(b, X, 4, 0x22);
    expect(2, "GR001");
    assert_int_equal(found[0].then, 0x12);
    assert_int_equal(found[1].then, 0x11);
    stop();
}

static void one_access_finds_the_races_of_all_its_bytes(void **state) {
    (void)state;
    start_two(true);
    for (unsigned i = 0; i < 24; i++) wr(a, X + i, 1, 0x100 + i);
    det_range(b, X, 24, DET_READ, 0x200);
    expect(24, "GR001");
    stop();
}

static void a_pair_of_places_is_reported_once(void **state) {
    (void)state;
    start_two(true);
    for (unsigned i = 0; i < 100; i++) {
        wr(a, X + 8 * i, 8, 1);
        wr(b, X + 8 * i, 8, 2);
        wr(a, X + 8 * i, 8, 1);
    }
    expect(1, "GR001");
    stop();
}

static void while_ignored_nothing_is_recorded(void **state) {
    (void)state;
    start_two(true);
    wr(a, X, 8, 1);
    det_ignore_begin(b);
    wr(b, X, 8, 2);
    det_ignore_end(b);
    rd(b, X + 8, 8, 3);
    expect(0, NULL);
    stop();
}

/* -- what lies between ------------------------------------------------------------------------------------------------- */

static void a_write_after_readers(unsigned readers, unsigned ordered) {
    struct det_task *m, *w, *t;
    struct det_sync *s;

    engine_start(true, 0);
    m = main_task();
    w = child_of(m, 2);
    s = det_sync_new();
    wr(m, X, 8, 1);
    order(m, w);
    for (unsigned i = 0; i < readers; i++) {
        t = child_of(m, 10 + i);
        rd(t, X, 8, 0x1000 + i);
        if (i != ordered) det_merge(t, s);
        if (i % 7 == 0) det_task_end(t);
    }
    expect(0, NULL);
    det_acquire(w, s);
    if (ordered < readers) { /* exactly one reader is unordered with the write */
        wr(w, X, 8, 2);
        expect(1, "GR001");
        assert_int_equal(found[0].then, 0x1000 + ordered);
    } else {
        wr(w, X, 8, 2);
        expect(0, NULL);
    }
    stop();
}

static void a_read_is_found_among_any_number_of_others(void **state) {
    (void)state;
    a_write_after_readers(2, 0);
    a_write_after_readers(16, 15);
    a_write_after_readers(17, 3);
    a_write_after_readers(64, 0);
    a_write_after_readers(64, 64);
    a_write_after_readers(64, 63);
    a_write_after_readers(10000, 5000);
    a_write_after_readers(10000, 10000);
}

/* Lists of which none is like another, until they are no longer interned but owned by their granules. */
static void spoil_the_luck_of_lists(void) {
    struct det_sync *s = det_sync_new();

    for (uintptr_t i = 0; i < 128; i++) {
        rd(a, X + 8 * i, 8, 0x10);
        rd(b, X + 8 * i, 8, 0x20);
        det_release(a, s);
        det_release(b, s);
    }
    det_sync_free(s);
}

static void rereading_beside_a_write(bool ordered) {
    enum { TIMES = 32 };
    struct det_task *c;

    start_two(false);
    c = child_of(a, 4);
    spoil_the_luck_of_lists();
    for (uintptr_t i = 0; i < TIMES; i++) {
        uintptr_t x = X + 4096 + 8 * i, pc = 0x100 + 8 * i;

        rd(a, x, 8, pc);
        rd(b, x, 8, pc + 1);
        order(a, c);
        order(b, c);
        wr(c, x, 4, pc + 2);
        if (ordered) order(c, a);
        rd(a, x, 8, pc);
        det_check();
    }
    expect(ordered ? 0 : TIMES, "GR001");
    stop();
}

static void a_read_that_is_renewed_in_a_list_meets_the_writes_there(void **state) {
    (void)state;
    rereading_beside_a_write(false);
    rereading_beside_a_write(true);
}

static void among_atomic_writers_a_plain_read_finds_the_unordered_one(void **state) {
    struct det_task *m;
    struct det_sync *s;

    (void)state;
    engine_start(true, 0);
    m = main_task();
    s = det_sync_new();
    wr(m, X, 8, 1);
    for (unsigned i = 0; i < 200; i++) {
        struct det_task *t = child_of(m, 10 + i);

        det_access(t, X, 8, DET_ATOMIC | DET_WRITE, 0x1000 + i);
        if (i != 77) det_merge(t, s);
    }
    expect(0, NULL);
    det_acquire(m, s);
    rd(m, X, 8, 2);
    expect(1, "GR002");
    assert_int_equal(found[0].then, 0x1000 + 77);
    stop();
}

static void three_million_calls_and_a_million_operations_in_between(void **state) {
    struct det_sync *s;

    (void)state;
    start_two(true);
    det_enter(a, 0x11);
    det_enter(a, 0x12);
    wr(a, X, 8, 0x13);
    det_leave(a);
    s = det_sync_new();
    for (unsigned i = 0; i < 3000000; i++) {
        det_enter(a, 0x20 + i % 1000);
        if (i % 3 == 0) {
            wr(a, X + 64 + 8 * (i % 512), 8, 0x30 + i % 77);
            det_release(a, s);
        }
        det_leave(a);
    }
    wr(b, X, 8, 0x41);
    expect(1, "GR001");
    assert_int_equal(found[0].then, 0x13);
    assert_int_equal(found[0].then_frames, 3);
    stop();
}

/* -- call paths ------------------------------------------------------------------------------------------------------------ */

static void deep_stacks_keep_both_ends(void **state) {
    (void)state;
    start_two(true);
    for (unsigned i = 0; i < 100000; i++) det_enter(a, 0x1000 + i);
    assert_int_equal(det_depth(a), 100000);
    wr(a, X, 8, 1);
    wr(b, X, 8, 2);
    expect(1, "GR001");
    assert_int_equal(found[0].then_frames, FINDING_FRAMES_MAX);
    assert_int_equal(found[0].then_omitted, 100001 - FINDING_FRAMES_MAX);
    det_unwind(a, 5);
    assert_int_equal(det_depth(a), 5);
    for (unsigned i = 0; i < 10; i++) det_leave(a); /* more than were entered */
    assert_int_equal(det_depth(a), 0);
    stop();
}

/* Exponentially many paths: what nothing refers to is reclaimed, and what is referred to stays. */
static void fib(struct det_task *t, unsigned n, uintptr_t pc) {
    det_enter(t, pc);
    wr(t, X + 0x100000 + 8 * (n & 15), 8, 0x700);
    if (n > 1) {
        fib(t, n - 1, 0x601);
        fib(t, n - 2, 0x602);
    }
    det_leave(t);
}

static void recursion_does_not_grow_without_bound(void **state) {
    struct det_stats before, after;
    struct det_sync *s;

    (void)state;
    start_two(true);
    det_enter(a, 0x55);
    wr(a, X, 8, 1);
    det_leave(a);
    s = det_sync_new();
    for (unsigned i = 0; i < 4; i++) {
        fib(a, 20, 0x600 + i);
        det_release(a, s);
    }
    det_get_stats(&before);
    for (unsigned i = 0; i < 40; i++) {
        fib(a, 20, 0x10000 + i);
        det_release(a, s);
    }
    det_get_stats(&after);
    assert_in_range(after.paths, 1, 1000000);
    assert_in_range(after.memory_bytes, 1, before.memory_bytes + (64 << 20));
    wr(b, X, 8, 2);
    expect(1, "GR001");
    assert_int_equal(found[0].then_frames, 2);
    stop();
}

/* -- locks --------------------------------------------------------------------------------------------------------------------- */

static unsigned locks_now, locks_then;
static uintptr_t lock_then[FINDING_LOCKS_MAX], taken_then;

static void look_at_locks(const struct finding *f) {
    locks_now = f->accesses[0].lock_count;
    locks_then = f->accesses[1].lock_count;
    for (unsigned i = 0; i < locks_then; i++) lock_then[i] = f->accesses[1].locks[i].address;
    taken_then = locks_then ? f->accesses[1].locks[0].taken.frames[0] : 0;
}

static void a_finding_names_the_locks_held_at_both_accesses(void **state) {
    (void)state;
    start_two(true);
    found_also = look_at_locks;
    det_lock_taken(a, FINDING_MUTEX, 0xa0, false, 0x51);
    det_lock_taken(a, FINDING_RWMUTEX, 0xb0, true, 0x52);
    det_lock_taken(a, FINDING_MUTEX, 0xc0, false, 0x53);
    det_lock_dropped(a, 0xb0, true); /* out of order */
    wr(a, X, 8, 1);
    det_lock_dropped(a, 0xc0, false);
    det_lock_dropped(a, 0xa0, false);
    det_lock_dropped(a, 0xa0, false); /* not held */
    wr(a, X + 8, 8, 2);
    wr(b, X, 8, 3);
    expect(1, "GR001");
    assert_int_equal(locks_now, 0);
    assert_int_equal(locks_then, 2);
    assert_int_equal(lock_then[0], 0xc0);
    assert_int_equal(lock_then[1], 0xa0);
    assert_int_equal(taken_then, 0x53);
    wr(b, X + 8, 8, 4);
    expect(2, "GR001");
    assert_int_equal(locks_then, 0);
    stop();
}

/* -- memory ---------------------------------------------------------------------------------------------------------------------- */

static struct finding last;
static uintptr_t block_frame, freed_frame;

static void look_at_block(const struct finding *f) {
    last = *f;
    block_frame = f->block_stack.count ? f->block_stack.frames[0] : 0;
    freed_frame = f->freed_stack.count ? f->freed_stack.frames[0] : 0;
}

static void a_heap_block_is_named(void **state) {
    (void)state;
    start_two(true);
    found_also = look_at_block;
    det_alloc(a, X, 40, 0x61);
    order(a, b);
    wr(a, X + 32, 8, 1);
    wr(b, X + 32, 8, 2);
    expect(1, "GR001");
    assert_int_equal(last.memory, FINDING_HEAP);
    assert_int_equal(last.block, X);
    assert_int_equal(last.block_size, 40);
    assert_int_equal(last.block_task_id, 2);
    assert_int_equal(block_frame, 0x61);
    stop();
}

static void using_and_freeing(size_t n, size_t at) {
    for (int order_them = 0; order_them < 2; order_them++) {
        /* the use comes first */
        start_two(true);
        det_alloc(a, X, n, 0x61);
        order(a, b);
        wr(b, X + at, 1, 1);
        if (order_them) order(b, a);
        assert_int_equal(det_free(a, X, 2), n);
        expect(order_them ? 0 : 1, "GR003");
        stop();

        /* the free comes first: a use after it is one, ordered or not, by whomever */
        start_two(true);
        found_also = look_at_block;
        det_alloc(a, X, n, 0x61);
        order(a, b);
        assert_int_equal(det_free(a, X, 2), n);
        if (order_them) order(a, b);
        rd(order_them ? a : b, X + at, 1, 1);
        expect(1, "GR003");
        assert_int_equal(last.memory, FINDING_HEAP_FREED);
        assert_int_equal(freed_frame, 2);
        assert_int_equal(block_frame, 0x61);
        assert_int_equal(last.block_size, n);
        rd(b, X + at, 1, 3);
        expect(2, "GR003");
        assert_int_equal(det_free(b, X, 4), 0);
        expect(3, "GR003"); /* freed twice */
        stop();

        /* allocated again: forgotten */
        start_two(true);
        det_alloc(a, X, n, 0x61);
        wr(a, X + at, 1, 5);
        assert_int_equal(det_free(a, X, 2), n);
        det_alloc(b, X, n / 2 + 1, 0x61);
        wr(b, X + at / 2, 1, 6);
        expect(0, NULL);
        stop();
    }
}

static void free_races_with_every_use(void **state) {
    (void)state;
    using_and_freeing(1, 0);
    using_and_freeing(13, 12);
    using_and_freeing(5000, 4999);
    using_and_freeing(5000, 0);
    using_and_freeing(65535, 33000);
    using_and_freeing(300000, 150000);
    using_and_freeing(40 << 20, 20 << 20);
}

static void a_page_freed_as_a_whole_is_remembered_around_a_new_small_block(void **state) {
    (void)state;
    start_two(true);
    det_alloc(a, X, 16384, 0x61);
    det_free(a, X, 2);
    det_alloc(a, X + 4096 + 64, 100, 0x62);
    wr(a, X + 4096 + 64, 8, 3);
    wr(a, X + 4096 + 160, 8, 4); /* half of it behind the block */
    expect(1, "GR003");
    wr(a, X + 4096 + 56, 8, 5);
    expect(2, "GR003");
    wr(a, X + 4096 + 8, 8, 6);
    expect(3, "GR003");
    wr(a, X + 8192, 8, 7);
    expect(4, "GR003");
    stop();
}

static void resetting_part_of_a_granule_keeps_the_other_bytes(void **state) {
    (void)state;
    start_two(true);
    wr(a, X, 8, 1);
    wr(a, X + 8, 4, 2);
    wr(a, X + 12, 4, 3);
    det_forget(X, 3);
    det_forget(X + 13, 3);
    wr(b, X, 3, 4);
    wr(b, X + 13, 3, 5);
    expect(0, NULL);
    wr(b, X + 3, 1, 6);
    wr(b, X + 12, 1, 7);
    expect(2, "GR001");
    stop();
}

static void a_dead_goroutines_stack_is_freed_memory_until_it_is_given_away(void **state) {
    struct det_task *c;

    (void)state;
    start_two(true);
    found_also = look_at_block;
    det_task_stack(a, X, X + 0x10000);
    wr(a, X + 0xff00, 8, 1);
    order(a, b);
    rd(b, X + 0xff00, 8, 2);
    expect(0, NULL);
    det_task_end(a);
    rd(b, X + 0xff00, 8, 3);
    expect(1, "GR003");
    assert_int_equal(last.memory, FINDING_STACK_DEAD);
    assert_int_equal(last.block_task_id, 2);
    rd(b, X + 0x8000, 8, 4); /* never touched */
    expect(2, "GR003");
    c = child_of(b, 4);
    det_task_stack(c, X, X + 0x10000);
    wr(c, X + 0xff00, 8, 5);
    wr(c, X + 0x8000, 8, 6);
    expect(2, "GR003");
    stop();
}

static void a_live_stack_is_named(void **state) {
    (void)state;
    start_two(true);
    found_also = look_at_block;
    det_task_stack(a, X, X + 0x10000);
    wr(a, X + 8, 8, 1);
    wr(b, X + 8, 8, 2);
    expect(1, "GR001");
    assert_int_equal(last.memory, FINDING_STACK);
    assert_int_equal(last.block_task_id, 2);
    assert_int_equal(last.tasks[0].id, 3);
    assert_int_equal(last.tasks[1].id, 2);
    assert_int_equal(last.tasks[1].parent_id, 1);
    assert_int_equal(last.tasks[1].entry, 0x900002);
    assert_int_equal(last.tasks[1].created.count, 1);
    stop();
}

/* -- findings of a front's own ------------------------------------------------------------------------------------------ */

static void a_fronts_finding_has_the_tasks_stack_and_is_said_once(void **state) {
    (void)state;
    start_two(true);
    found_also = look_at_block;
    det_enter(a, 0x71);
    det_enter(a, 0x72);
    for (unsigned i = 0; i < 3; i++) det_report(a, "GM001", FINDING_ERROR, FINDING_MUTEX, X, 0x73);
    expect(1, "GM001");
    assert_int_equal(last.access_count, 1);
    assert_int_equal(last.accesses[0].stack.count, 3);
    assert_int_equal(last.object, X);
    assert_int_equal(last.object_kind, FINDING_MUTEX);
    assert_int_equal(last.tasks[0].id, 2);
    det_report(a, "GM001", FINDING_ERROR, FINDING_MUTEX, X, 0x74);
    expect(2, "GM001");
    assert_int_equal(last.number, 2);
    stop();
}

static void a_channels_use_after_its_free_is_gc004(void **state) {
    (void)state;
    start_two(true);
    det_access(a, X, 8, DET_READ | DET_MARK, 1);
    order(a, b);
    det_access(b, X, 8, DET_WRITE | DET_MARK | DET_FREE, 2);
    expect(0, NULL);
    det_access(a, X, 8, DET_READ | DET_MARK, 3);
    order(b, a);
    det_access(a, X, 8, DET_READ | DET_MARK, 4);
    expect(2, "GC004");
    stop();
}

/* -- bounds ------------------------------------------------------------------------------------------------------------------------- */

static void addresses_at_the_ends_of_the_space(void **state) {
    const uintptr_t top = (uintptr_t)1 << ADDRESS_BITS;

    (void)state;
    start_two(true);
    wr(a, top - 8, 8, 1);
    wr(b, top - 8, 8, 2);
    wr(a, 0, 8, 3);
    wr(b, 4, 1, 4);
    expect(2, "GR001");
    wr(a, top - 4, 8, 5); /* would fault: ignored */
    wr(a, top, 8, 6);
    wr(b, top, 8, 7);
    wr(a, UINTPTR_MAX - 3, 8, 8);
    wr(a, 0xdeadbeefdeadbeef, 8, 9);
    det_range(a, top - 64, SIZE_MAX, DET_WRITE, 10);
    det_range(a, X, 0, DET_WRITE, 11);
    det_forget(top, 64);
    expect(2, "GR001");
    stop();
}

static void huge_ranges(void **state) {
    const size_t n = 200 << 20;

    (void)state;
    start_two(true);
    det_range(a, X + 3, n, DET_WRITE, 1);
    rd(b, X + 2, 1, 2);
    expect(0, NULL);
    rd(b, X + 3, 1, 3);
    rd(b, X + 3 + n / 2, 1, 4);
    rd(b, X + 2 + n, 1, 5);
    expect(3, "GR001");
    rd(b, X + 3 + n, 1, 6);
    expect(3, "GR001");
    order(a, b);
    det_range(b, X + 3, n, DET_WRITE, 7);
    expect(3, "GR001");
    det_forget(0, (uintptr_t)1 << ADDRESS_BITS);
    det_range(a, X, n, DET_READ, 8);
    expect(3, "GR001");
    stop();
}

static void past_the_memory_limit_it_says_so_and_goes_on(void **state) {
    struct det_task *m;

    (void)state;
    engine_start(true, 24 << 20);
    m = main_task();
    for (uintptr_t i = 0; i < 4096; i++) wr(m, X + i * 4096, 8, 0x1000 + i);
    assert_non_null(degraded_text);
    det_check();
    det_fini();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unordered_conflicting_accesses_race_and_others_do_not),
        cmocka_unit_test(the_channel_marker_gives_a_predicted_finding),
        cmocka_unit_test(neighbouring_bytes_do_not_race),
        cmocka_unit_test(an_unaligned_access_reaches_into_the_next_granule),
        cmocka_unit_test(both_fields_of_a_granule_keep_their_own_stack),
        cmocka_unit_test(one_access_finds_the_races_of_all_its_bytes),
        cmocka_unit_test(a_pair_of_places_is_reported_once),
        cmocka_unit_test(while_ignored_nothing_is_recorded),
        cmocka_unit_test(a_read_is_found_among_any_number_of_others),
        cmocka_unit_test(a_read_that_is_renewed_in_a_list_meets_the_writes_there),
        cmocka_unit_test(among_atomic_writers_a_plain_read_finds_the_unordered_one),
        cmocka_unit_test(three_million_calls_and_a_million_operations_in_between),
        cmocka_unit_test(deep_stacks_keep_both_ends),
        cmocka_unit_test(recursion_does_not_grow_without_bound),
        cmocka_unit_test(a_finding_names_the_locks_held_at_both_accesses),
        cmocka_unit_test(a_heap_block_is_named),
        cmocka_unit_test(free_races_with_every_use),
        cmocka_unit_test(a_page_freed_as_a_whole_is_remembered_around_a_new_small_block),
        cmocka_unit_test(resetting_part_of_a_granule_keeps_the_other_bytes),
        cmocka_unit_test(a_dead_goroutines_stack_is_freed_memory_until_it_is_given_away),
        cmocka_unit_test(a_live_stack_is_named),
        cmocka_unit_test(a_fronts_finding_has_the_tasks_stack_and_is_said_once),
        cmocka_unit_test(a_channels_use_after_its_free_is_gc004),
        cmocka_unit_test(addresses_at_the_ends_of_the_space),
        cmocka_unit_test(huge_ranges),
        cmocka_unit_test(past_the_memory_limit_it_says_so_and_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
