/* The wire: what is written is read back, and nothing that is torn, cut or corrupted is ever taken for whole. */
#include "detector/finding.h"
#include "detector/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint8_t record[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX + 64];

static const char *check_record(const uint8_t *r, size_t n) {
    struct wire_header h;

    if (n < sizeof h) return "cut in the header";
    memcpy(&h, r, sizeof h);
    return wire_check(&h, r + sizeof h, n - sizeof h);
}

static struct wire_reader reader_of(const uint8_t *r, size_t n) {
    return (struct wire_reader){.at = r + sizeof(struct wire_header), .end = r + n};
}

/* The k-th field of a tag at this level; fails the test if there is none. */
static struct wire_field find_field(struct wire_reader r, unsigned tag, unsigned k) {
    struct wire_field f = {0};

    for (int got; (got = wire_next(&r, &f)) != 0;) {
        assert_int_equal(got, 1);
        if (f.tag == tag && k-- == 0) return f;
    }
    fail_msg("no field %u", tag);
    return f;
}

static uint64_t find_number(struct wire_reader r, unsigned tag) {
    struct wire_field f = find_field(r, tag, 0);

    return wire_field_number(&f);
}

static void the_checksum_is_castagnoli(void **state) {
    uint8_t zeros[32] = {0}, ones[32];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    assert_int_equal(wire_crc(0, "123456789", 9), 0xe3069283u);
    assert_int_equal(wire_crc(0, zeros, 32), 0x8a9136aau); /* RFC 3720, B.4 */
    assert_int_equal(wire_crc(0, ones, 32), 0x62a8ab43u);
    assert_int_equal(wire_crc(wire_crc(0, "1234", 4), "56789", 5), 0xe3069283u);
    assert_int_equal(wire_crc(0, "", 0), 0);
}

static size_t write_hello(uint8_t *buffer, size_t size) {
    struct wire_writer w;
    size_t mark;

    wire_begin(&w, buffer, size, WIRE_HELLO);
    wire_string(&w, WIRE_PROGRAM, "./prog");
    wire_number(&w, WIRE_SEED, 0x1122334455667788u);
    mark = wire_nest(&w, WIRE_TASK);
    wire_number(&w, WIRE_ID, 7);
    wire_string(&w, WIRE_NAME, "");
    wire_unnest(&w, mark);
    wire_bytes(&w, WIRE_BUILD_ID, "\0\1\2", 3);
    return wire_end(&w, 4711, 3);
}

static void fields_come_back_as_written(void **state) {
    size_t n = write_hello(record, sizeof record);
    struct wire_header h;
    struct wire_reader r = reader_of(record, n);
    struct wire_field f;

    (void)state;
    assert_null(check_record(record, n));
    memcpy(&h, record, sizeof h);
    assert_int_equal(h.type, WIRE_HELLO);
    assert_int_equal(h.pid, 4711);
    assert_int_equal(h.sequence, 3);
    assert_int_equal(h.length, n - sizeof h);
    f = find_field(r, WIRE_PROGRAM, 0);
    assert_int_equal(f.length, 6);
    assert_memory_equal(f.data, "./prog", 6);
    assert_int_equal(wire_field_number(&f), 0); /* not eight bytes */
    assert_true(find_number(r, WIRE_SEED) == 0x1122334455667788u);
    f = find_field(r, WIRE_TASK, 0);
    assert_int_equal(find_number(wire_inside(&f), WIRE_ID), 7);
    assert_int_equal(find_field(wire_inside(&f), WIRE_NAME, 0).length, 0);
    assert_int_equal(find_field(r, WIRE_BUILD_ID, 0).length, 3);
}

static void a_record_cut_anywhere_is_refused(void **state) {
    size_t n = write_hello(record, sizeof record);

    (void)state;
    for (size_t cut = 0; cut < n; cut++) assert_non_null(check_record(record, cut));
}

static void a_flipped_bit_anywhere_is_refused(void **state) {
    size_t n = write_hello(record, sizeof record);

    (void)state;
    for (size_t bit = 0; bit < n * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_non_null(check_record(record, n));
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_null(check_record(record, n));
}

/* Random bytes as a payload: the reader ends, and never leaves its bounds (the bytes stand at a block's very end,
 * so that ASan and valgrind see a step too far). */
static void garbage_never_leads_the_reader_astray(void **state) {
    unsigned seed = 20;

    (void)state;
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)rand() % 64;
        uint8_t *bytes = malloc(n ? n : 1);
        struct wire_reader r = {.at = bytes, .end = bytes + n};
        struct wire_field f;

        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(rand() % 4 ? 0 : rand());
        while (wire_next(&r, &f) == 1) {
            assert_true(f.data >= bytes && f.data + f.length <= bytes + n);
            assert_true(r.at <= r.end);
            (void)wire_field_number(&f);
        }
        free(bytes);
    }
}

static void a_field_longer_than_the_payload_is_malformed(void **state) {
    const uint8_t lying[] = {1, 0, 0, 0, 5, 0, 0, 0, 1, 2, 3, 4};
    const uint8_t huge[] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
    struct wire_field f;

    (void)state;
    assert_int_equal(wire_next(&(struct wire_reader){lying, lying + sizeof lying}, &f), -1);
    assert_int_equal(wire_next(&(struct wire_reader){huge, huge + sizeof huge}, &f), -1);
    assert_int_equal(wire_next(&(struct wire_reader){lying, lying + 7}, &f), -1);
    assert_int_equal(wire_next(&(struct wire_reader){lying, lying}, &f), 0);
}

/* Whatever the buffer's size, a record is whole or absent, and the byte behind the buffer is untouched. */
static void a_short_buffer_gives_a_whole_record_or_none(void **state) {
    size_t whole = write_hello(record, sizeof record);

    (void)state;
    for (size_t size = 0; size <= whole + 4; size++) {
        uint8_t *b = malloc(size + 1);
        size_t n;

        b[size] = 0x5a;
        n = write_hello(b, size);
        assert_int_equal(b[size], 0x5a);
        assert_int_equal(n, size >= whole ? whole : 0);
        if (n) assert_null(check_record(b, n));
        free(b);
    }
}

static void a_payload_never_exceeds_the_maximum(void **state) {
    static uint8_t blob[WIRE_PAYLOAD_MAX + 1];
    struct wire_writer w;

    (void)state;
    wire_begin(&w, record, sizeof record, WIRE_TEXT);
    wire_bytes(&w, WIRE_MESSAGE, blob, WIRE_PAYLOAD_MAX - 8);
    assert_int_equal(wire_end(&w, 1, 1), sizeof(struct wire_header) + WIRE_PAYLOAD_MAX);
    wire_begin(&w, record, sizeof record, WIRE_TEXT);
    wire_bytes(&w, WIRE_MESSAGE, blob, WIRE_PAYLOAD_MAX - 7);
    assert_int_equal(wire_end(&w, 1, 1), 0);
    wire_begin(&w, record, sizeof record, WIRE_TEXT);
    wire_bytes(&w, WIRE_MESSAGE, blob, SIZE_MAX - 8); /* must not wrap round */
    assert_int_equal(wire_end(&w, 1, 1), 0);
}

/* -- findings -------------------------------------------------------------------------------------------------- */

static uintptr_t frames[FINDING_FRAMES_MAX];

static struct finding_stack deep(void) {
    for (unsigned i = 0; i < FINDING_FRAMES_MAX; i++) frames[i] = 0x400000 + i;
    return (struct finding_stack){.count = FINDING_FRAMES_MAX, .frames = frames};
}

static struct finding *largest_finding(void) {
    static struct finding f;

    f = (struct finding){.code = "GR001", .number = 9, .access_count = 2, .memory = FINDING_HEAP, .block = 0x1000,
                         .block_size = 16, .block_task_id = 1, .block_stack = deep(), .freed_stack = deep(),
                         .task_count = FINDING_TASKS_MAX};
    for (unsigned a = 0; a < 2; a++) {
        f.accesses[a] = (struct finding_access){.kind = a, .address = 0x1008, .size = 8, .task = a, .stack = deep(),
                                                .lock_count = FINDING_LOCKS_MAX};
        for (unsigned l = 0; l < FINDING_LOCKS_MAX; l++)
            f.accesses[a].locks[l] = (struct finding_lock){.kind = FINDING_MUTEX, .address = 64 * l, .taken = deep()};
    }
    for (unsigned t = 0; t < FINDING_TASKS_MAX; t++) {
        f.tasks[t] = (struct finding_task){.id = t + 1, .kind = 1, .state = FINDING_ENDED, .created = deep()};
        memset(f.tasks[t].name, 'n', sizeof f.tasks[t].name); /* no final NUL */
    }
    return &f;
}

static void the_largest_finding_fits_by_shortening_its_stacks(void **state) {
    size_t n = wire_finding(record, sizeof record, WIRE_FINDING, largest_finding(), 1, 0);
    struct wire_reader r = reader_of(record, n);
    struct wire_field access = find_field(r, WIRE_ACCESS, 1), task = find_field(r, WIRE_TASK, 63), f;
    uint64_t first, last;

    (void)state;
    assert_in_range(n, 1, sizeof(struct wire_header) + WIRE_PAYLOAD_MAX);
    assert_null(check_record(record, n));
    f = find_field(wire_inside(&access), WIRE_STACK, 0);
    assert_in_range(f.length, 8, 8 * (FINDING_FRAMES_MAX - 1));
    memcpy(&first, f.data, 8);
    memcpy(&last, f.data + f.length - 8, 8);
    assert_int_equal(first, frames[0]);
    assert_int_equal(last, frames[FINDING_FRAMES_MAX - 1]);
    assert_int_equal(find_number(wire_inside(&access), WIRE_OMITTED), FINDING_FRAMES_MAX - f.length / 8);
    assert_int_equal(find_number(wire_inside(&task), WIRE_ID), 64);
    assert_int_equal(find_field(wire_inside(&task), WIRE_NAME, 0).length, 48);
}

static void an_ordinary_finding_keeps_every_frame(void **state) {
    uintptr_t three[3] = {1, 2, 3};
    struct finding f = {.code = "GR002", .severity = FINDING_ERROR, .access_count = 1, .task_count = 1};
    struct wire_field access;
    struct wire_reader r;
    size_t n;

    (void)state;
    f.accesses[0] = (struct finding_access){.kind = 3, .address = 5, .size = 4, .stack = {.count = 3, .frames = three}};
    f.tasks[0] = (struct finding_task){.id = 1, .name = "main"};
    n = wire_finding(record, sizeof record, WIRE_FINDING, &f, 1, 0);
    r = reader_of(record, n);
    assert_null(check_record(record, n));
    assert_memory_equal(find_field(r, WIRE_CODE, 0).data, "GR002", 5);
    access = find_field(r, WIRE_ACCESS, 0);
    assert_int_equal(find_field(wire_inside(&access), WIRE_STACK, 0).length, 24);
    assert_memory_equal(find_field(wire_inside(&access), WIRE_STACK, 0).data, three, 24);
    r = wire_inside(&access);
    for (struct wire_field x; wire_next(&r, &x) == 1;) assert_int_not_equal(x.tag, WIRE_OMITTED);
}

static void a_finding_for_which_there_is_no_room_at_all_is_no_record(void **state) {
    (void)state;
    assert_int_equal(wire_finding(record, 200, WIRE_FINDING, largest_finding(), 1, 0), 0);
    assert_int_equal(wire_finding(record, 0, WIRE_FINDING, largest_finding(), 1, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checksum_is_castagnoli),
        cmocka_unit_test(fields_come_back_as_written),
        cmocka_unit_test(a_record_cut_anywhere_is_refused),
        cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
        cmocka_unit_test(garbage_never_leads_the_reader_astray),
        cmocka_unit_test(a_field_longer_than_the_payload_is_malformed),
        cmocka_unit_test(a_short_buffer_gives_a_whole_record_or_none),
        cmocka_unit_test(a_payload_never_exceeds_the_maximum),
        cmocka_unit_test(the_largest_finding_fits_by_shortening_its_stacks),
        cmocka_unit_test(an_ordinary_finding_keeps_every_frame),
        cmocka_unit_test(a_finding_for_which_there_is_no_room_at_all_is_no_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
