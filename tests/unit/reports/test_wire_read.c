/* The wire's receiving end: good records, every kind of damage, and a short fuzz of the whole way to a report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "detector/finding.h"
#include "reports/model.h"
#include "reports/wire_read.h"
#include "reports/writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX };
static uint8_t buffer[ROOM];

struct seen {
    unsigned count[16];
    struct process *last;
};
static void note_record(void *arg, struct process *p, unsigned type, struct wire_reader r) {
    struct seen *s = arg;

    (void)r;
    if (type < 16) s->count[type]++;
    s->last = p;
}

static size_t make_hello(uint32_t pid, uint32_t parent) {
    struct wire_writer w;

    wire_begin(&w, buffer, ROOM, WIRE_HELLO);
    wire_string(&w, WIRE_PROGRAM, "/bin/prog");
    wire_number(&w, WIRE_PARENT_PID, parent);
    wire_number(&w, WIRE_SEED, 99);
    wire_number(&w, 9999, 5); /* a tag of the future */
    return wire_end(&w, pid, 0);
}

static size_t make_module(uint32_t pid, uint32_t sequence, const char *path, uint64_t low, uint64_t high,
                          bool gone) {
    struct wire_writer w;

    wire_begin(&w, buffer, ROOM, WIRE_MODULE);
    wire_string(&w, WIRE_PATH, path);
    wire_number(&w, WIRE_BIAS, low);
    wire_number(&w, WIRE_LOW, low);
    wire_number(&w, WIRE_HIGH, high);
    if (gone) wire_number(&w, WIRE_GONE, 1);
    return wire_end(&w, pid, sequence);
}

static size_t make_text(uint32_t pid, uint32_t sequence) {
    struct wire_writer w;

    wire_begin(&w, buffer, ROOM, WIRE_TEXT);
    wire_string(&w, WIRE_MESSAGE, "hello");
    return wire_end(&w, pid, sequence);
}

static void a_hello_makes_a_process(void **state) {
    struct seen seen = {0};
    struct wire_input in = {.record = note_record, .arg = &seen};

    (void)state;
    wire_input_packet(&in, buffer, make_hello(10, 1));
    assert_int_equal(in.process_count, 1);
    assert_string_equal(in.newest->program, "/bin/prog");
    assert_int_equal(in.newest->seed, 99);
    assert_true(in.newest->seeded);
    assert_int_equal(in.damaged, 0);
    wire_input_packet(&in, buffer, make_hello(10, 1)); /* an exec: a new process of the same pid */
    assert_int_equal(in.process_count, 2);
    wire_input_free(&in);
}

static void a_gap_in_the_sequence_is_told(void **state) {
    struct seen seen = {0};
    struct wire_input in = {.record = note_record, .arg = &seen};

    (void)state;
    wire_input_packet(&in, buffer, make_hello(10, 1));
    wire_input_packet(&in, buffer, make_hello(11, 10)); /* interleaved: sequences are counted by process */
    wire_input_packet(&in, buffer, make_text(10, 1));
    wire_input_packet(&in, buffer, make_text(11, 1));
    assert_int_equal(in.lost, 0);
    wire_input_packet(&in, buffer, make_text(10, 5));
    assert_int_equal(in.lost, 3);
    assert_int_equal(seen.count[WIRE_TEXT], 3);
    wire_input_free(&in);
}

static void the_newest_module_of_an_address_wins(void **state) {
    struct wire_input in = {0};
    struct process *p;

    (void)state;
    wire_input_packet(&in, buffer, make_hello(10, 1));
    wire_input_packet(&in, buffer, make_module(10, 1, "/a.so", 0x1000, 0x3000, false));
    p = in.newest;
    assert_string_equal(process_module(p, 0x2fff)->path, "/a.so");
    assert_null(process_module(p, 0x3000));
    wire_input_packet(&in, buffer, make_module(10, 2, "/a.so", 0x1000, 0x3000, true));
    assert_string_equal(process_module(p, 0x1000)->path,
                        "/a.so"); /* closed, but findings may still speak of it */
    wire_input_packet(&in, buffer, make_module(10, 3, "/b.so", 0x2000, 0x4000, false));
    assert_string_equal(process_module(p, 0x2000)->path, "/b.so");
    assert_string_equal(process_module(p, 0x1fff)->path, "/a.so");
    wire_input_packet(&in, buffer,
                      make_hello(11, 10)); /* a fork that has not told its modules knows its parent's */
    assert_string_equal(process_module(in.newest, 0x2000)->path, "/b.so");
    wire_input_free(&in);
}

static void modules_are_bounded(void **state) {
    struct wire_input in = {0};

    (void)state;
    wire_input_packet(&in, buffer, make_hello(10, 1));
    for (uint32_t i = 0; i < MODULES_MAX + 10; i++)
        wire_input_packet(&in, buffer,
                          make_module(10, i + 1, "/a.so", 0x1000 * (i + 1), 0x1000 * (i + 1) + 8, false));
    assert_int_equal(in.newest->module_count, MODULES_MAX);
    assert_int_equal(in.lost, 10);
    wire_input_free(&in);
}

static void each_kind_of_damage_is_counted_and_skipped(void **state) {
    struct seen seen = {0};
    struct wire_input in = {.record = note_record, .arg = &seen};
    size_t n;

    (void)state;
    for (size_t i = 0; i < make_hello(10, 1); i++) { /* one bit wrong in every byte */
        n = make_hello(10, 1);
        buffer[i] ^= 0x10;
        wire_input_packet(&in, buffer, n);
    }
    n = make_hello(10, 1);
    assert_int_equal(in.damaged, n);
    for (size_t i = 0; i < n; i++) wire_input_packet(&in, buffer, i); /* cut anywhere */
    assert_int_equal(in.damaged, 2 * n);
    buffer[n] = 0;
    wire_input_packet(&in, buffer, n + 1); /* too long */
    assert_int_equal(in.damaged, 2 * n + 1);
    assert_int_equal(seen.count[WIRE_HELLO], 0);
    wire_input_packet(&in, buffer, n);
    assert_int_equal(seen.count[WIRE_HELLO], 1);
    wire_input_free(&in);
}

static void a_byte_stream_may_be_cut_anywhere(void **state) {
    uint8_t stream[4096];
    size_t n = 0, part;

    (void)state;
    part = make_hello(10, 1), memcpy(stream + n, buffer, part), n += part;
    for (uint32_t i = 1; i < 10; i++) part = make_text(10, i), memcpy(stream + n, buffer, part), n += part;
    for (size_t step = 1; step < n; step++) {
        struct seen seen = {0};
        struct wire_input in = {.record = note_record, .arg = &seen};
        for (size_t at = 0; at < n; at += step)
            wire_input_bytes(&in, stream + at, at + step < n ? step : n - at);
        wire_input_end(&in);
        assert_int_equal(seen.count[WIRE_TEXT], 9);
        assert_int_equal(in.damaged + in.lost, 0);
        wire_input_free(&in);
    }
}

static void a_byte_stream_is_not_trusted_after_damage(void **state) {
    struct seen seen = {0};
    struct wire_input in = {.record = note_record, .arg = &seen};
    size_t n = make_hello(10, 1);

    (void)state;
    wire_input_bytes(&in, buffer, n);
    wire_input_bytes(&in, "torn", 4);
    wire_input_bytes(&in, buffer, n);
    wire_input_end(&in);
    assert_int_equal(seen.count[WIRE_HELLO], 1);
    assert_int_equal(in.damaged, 1);
    wire_input_free(&in);
}

/* -- fuzz -------------------------------------------------------------------------------------------------------------- */

static uint64_t random_state;
static uint64_t next_random(void) { /* xorshift, as Marsaglia gives it */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void print_everywhere(void *arg, struct process *p, unsigned type, struct wire_reader r) {
    struct run run = {.again = "./prog", .color = true, .width = 80, .verbose = next_random() % 2};
    struct text t = {0};
    struct model_finding *f;

    (void)arg;
    if (type != WIRE_FINDING) return;
    f = model_read(p, r);
    if (!f) return;
    write_text(&t, f, &run);
    write_json(&t, f, &run);
    write_github(&t, f);
    write_sarif(&t, f, &run);
    write_junit(&t, f, &run);
    assert_non_null(t.data);
    text_free(&t);
    model_free(f);
}

static size_t make_finding(void) {
    static const uintptr_t frames[] = {0x1010, 0x1020, 0x1030, 0x5000};
    struct finding_stack stack = {.count = 4, .frames = frames};
    struct finding f = {.code = "GR001",
                        .access_count = 2,
                        .task_count = 2,
                        .memory = FINDING_HEAP,
                        .block = 0x8000,
                        .block_size = 64,
                        .block_stack = stack,
                        .freed_stack = stack,
                        .object_kind = FINDING_MUTEX};

    for (size_t i = 0; i < 2; i++) {
        f.accesses[i] = (struct finding_access){
            .kind = 1, .address = 0x8008, .size = 8, .task = i, .stack = stack, .lock_count = 1};
        f.accesses[i].locks[0] =
            (struct finding_lock){.kind = FINDING_MUTEX, .address = 0x9000, .taken = stack};
        f.tasks[i] =
            (struct finding_task){.id = i + 1, .name = "na\033me", .created = stack, .entry = 0x1000};
    }
    return wire_finding(buffer, ROOM, WIRE_FINDING, &f, 10, 2);
}

/* Damages the payload and makes the checksum right again, so that the damage gets past it. */
static void damage(size_t n) {
    struct wire_header h;
    uint32_t crc;

    for (unsigned changes = 1 + next_random() % 8; changes; changes--)
        buffer[sizeof h + next_random() % (n - sizeof h)] =
            next_random() % 3 ? (uint8_t)next_random() : (uint8_t)(next_random() % 170);
    memcpy(&h, buffer, sizeof h);
    crc = wire_crc(0, &h.type, sizeof h.type);
    crc = wire_crc(crc, &h.length, sizeof h.length);
    crc = wire_crc(crc, &h.pid, sizeof h.pid);
    crc = wire_crc(crc, &h.sequence, sizeof h.sequence);
    h.checksum = wire_crc(crc, buffer + sizeof h, h.length);
    memcpy(buffer, &h, sizeof h);
}

static void fuzzed_findings_break_no_writer(void **state) {
    struct wire_input in = {.record = print_everywhere};
    const char *given = getenv("GORO_TEST_SEED");

    (void)state;
    random_state = given ? strtoull(given, NULL, 10) : 20261120;
    printf("seed %llu\n", (unsigned long long)random_state);
    wire_input_packet(&in, buffer, make_hello(10, 1));
    wire_input_packet(&in, buffer, make_module(10, 1, "/no/such\033[31m.so", 0x1000, 0x4000, false));
    for (int i = 0; i < 8000; i++) {
        size_t n = make_finding();
        damage(n);
        wire_input_packet(&in, buffer, n);
    }
    assert_int_equal(in.damaged, 0); /* all got past the checksum, or this test tests nothing */
    wire_input_free(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_makes_a_process),
        cmocka_unit_test(a_gap_in_the_sequence_is_told),
        cmocka_unit_test(the_newest_module_of_an_address_wins),
        cmocka_unit_test(modules_are_bounded),
        cmocka_unit_test(each_kind_of_damage_is_counted_and_skipped),
        cmocka_unit_test(a_byte_stream_may_be_cut_anywhere),
        cmocka_unit_test(a_byte_stream_is_not_trusted_after_damage),
        cmocka_unit_test(fuzzed_findings_break_no_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
