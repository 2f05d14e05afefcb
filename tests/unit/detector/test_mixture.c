/* Cells whose bytes have several sites: each byte keeps its own, no history is needed, epochs do not multiply them. */
#include "engine_test.h"
#include "detector/path.h"
#include "detector/world.h"

#define X ((uintptr_t)0x5500001000)

enum { BYTES = 8, SITES = 6, STEPS = 400 };

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

static struct det_stats stats(void) {
    struct det_stats s;

    det_get_stats(&s);
    return s;
}

/* b meets each byte of one granule after the other, and a's access there must be the last that a made. */
static void expect_sites(const uintptr_t *last) {
    for (unsigned i = 0; i < BYTES; i++) {
        uintptr_t pc = 1000 + i;

        found_count = 0;
        det_access(b, X + i, 1, DET_WRITE, pc);
        assert_int_equal(found_count, last[i] != 0);
        if (!last[i]) continue;
        assert_int_equal(found[0].now, pc);
        assert_int_equal(found[0].then, last[i]);
        assert_true(found[0].then_address <= X + i && X + i < found[0].then_address + found[0].then_size);
    }
}

static void reclaim(void) {
    gate_set(GATE_WANTED);
    world_enter(a);
    world_leave(a);
}

/* Accesses of any size at any place from a few sites, then a look at each byte. */
static void any_accesses(unsigned kind, bool single, bool reclaims, unsigned seed) {
    uintptr_t last[BYTES] = {0};

    srand(seed);
    start_two(single);
    for (unsigned step = 0; step < seed % 12 + 1; step++) {
        size_t size = (size_t)1 << rand() % 4, at = (size_t)rand() % (BYTES / size) * size;
        uintptr_t pc = 1 + (uintptr_t)(rand() % SITES);
        bool repeated = true;

        for (size_t i = at; i < at + size; i++) repeated = repeated && last[i];
        if (repeated) continue; /* the fast path's: the first access of the epoch stands for it */
        det_access(a, X + at, size, kind, pc);
        for (size_t i = at; i < at + size; i++) last[i] = pc;
        if (reclaims) reclaim();
    }
    assert_int_equal(stats().sites, 0);
    expect_sites(last);
    stop();
}

static void each_byte_keeps_its_site(void **state) {
    (void)state;
    for (unsigned seed = 0; seed < STEPS; seed++) {
        any_accesses(DET_READ, true, false, seed);
        any_accesses(DET_WRITE, false, false, seed);
        any_accesses(DET_READ, false, true, seed);
    }
}

static void write_fields(unsigned first_pc) {
    for (unsigned i = 0; i < BYTES; i++) wr(a, X + i, 1, first_pc + i);
}

static void epochs_share_what_they_have_alike(void **state) {
    uint64_t paths;

    (void)state;
    start_two(true);
    write_fields(1);
    paths = stats().paths;
    for (unsigned epoch = 0; epoch < 1000; epoch++) {
        order(a, b);
        for (unsigned i = 0; i < BYTES; i++) wr(b, X + i, 1, 1 + i);
        order(b, a);
        write_fields(1);
    }
    assert_int_equal(found_count, 0);
    assert_true(stats().paths <= 2 * paths);
    stop();
}

/* Of a mixture's reads a write by the same task leaves those that it does not reach. */
static void a_write_takes_its_bytes_out_of_a_mixture(void **state) {
    (void)state;
    start_two(true);
    for (unsigned i = 0; i < BYTES; i++) rd(a, X + i, 1, 10 + i);
    wr(a, X, 4, 30);
    assert_int_equal(stats().sites, 0);
    expect_sites((uintptr_t[BYTES]){30, 30, 30, 30, 14, 15, 16, 17});
    stop();
}

/* The mark of a channel's byte is part of its site, in a mixture too. */
static void a_mark_stays_with_its_byte(void **state) {
    (void)state;
    start_two(true);
    rd(a, X, 1, 1);
    det_access(a, X + 1, 1, DET_READ | DET_MARK, 2);
    rd(a, X + 2, 1, 3);
    det_access(b, X + 1, 1, DET_WRITE | DET_MARK, 4);
    assert_int_equal(found_count, 1);
    assert_string_equal(found[0].code, "GC001");
    wr(b, X + 2, 1, 5);
    assert_int_equal(found_count, 2);
    assert_string_equal(found[1].code, "GR001");
    stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_keeps_its_site),
        cmocka_unit_test(epochs_share_what_they_have_alike),
        cmocka_unit_test(a_write_takes_its_bytes_out_of_a_mixture),
        cmocka_unit_test(a_mark_stays_with_its_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
