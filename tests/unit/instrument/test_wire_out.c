/* The records of a process: in order, without holes, whole; and a child's own story after fork. */
#include "instrument/front.h"
#include "instrument/wire_channel.h"
#include "instrument/trace_out.h"
#include "instrument/wire_out.h"
#include "detector/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* -- what the rest of the library would be ------------------------------------------------------------------------- */

bool front_ready;
void det_get_stats(struct det_stats *out) { *out = (struct det_stats){.tasks_ever = 5}; }

void det_forget(uintptr_t address, size_t n) { (void)address, (void)n; }
uint64_t det_task_id(const struct det_task *t) { return t ? 7 : 0; }
uint32_t det_task_epoch(const struct det_task *t) { return t ? 3 : 0; }
bool det_task_is_thread(const struct det_task *t) { (void)t; return false; }

/* -- reading --------------------------------------------------------------------------------------------------------- */

/* Schedules are not explored here. */
bool decisions_followed;
void front_cut(int32_t left, int32_t cost) { (void)left, (void)cost; }
uint64_t front_random(void) { return 1; }
__thread struct front_thread front_self __attribute__((tls_model("initial-exec")));
struct det_task *front_attach(void) { return NULL; }
void front_out_of_fuel(void) {}
bool det_meets_another(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t *other) {
    (void)t, (void)address, (void)n, (void)kind, (void)other;
    return false;
}

static int reader;
static union {
    struct wire_header header;
    uint8_t bytes[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];
} record;

static ssize_t next_record(void) {
    ssize_t n = recv(reader, &record, sizeof record, MSG_DONTWAIT);
    if (n <= 0) return n;
    assert_true((size_t)n >= sizeof record.header);
    assert_null(wire_check(&record.header, record.bytes + sizeof record.header, (size_t)n - sizeof record.header));
    return n;
}

/* The value of a field of the present record; fails if it is missing. */
static struct wire_field field(enum wire_tag tag) {
    struct wire_reader r = {record.bytes + sizeof record.header, record.bytes + sizeof record.header + record.header.length};
    struct wire_field f;
    while (wire_next(&r, &f) == 1)
        if (f.tag == tag) return f;
    fail_msg("no field %d in a record of type %d", tag, record.header.type);
    return f;
}

/* Reads up to and with the next record of a type; checks pid and sequence of all on the way. */
static void skip_to(enum wire_type type, pid_t pid, uint32_t *sequence) {
    do {
        assert_true(next_record() > 0);
        assert_int_equal(record.header.pid, pid);
        assert_int_equal(record.header.sequence, (*sequence)++);
    } while (record.header.type != type);
}

static struct finding sample(const uintptr_t *frames, uint32_t count) {
    struct finding f = {.code = "GR001", .severity = FINDING_ERROR, .number = 1, .access_count = 1, .task_count = 1};
    f.accesses[0].stack = (struct finding_stack){.count = count, .frames = frames};
    f.tasks[0].id = 1;
    return f;
}

static uint32_t sequence;

static void a_finding_comes_after_hello_and_its_modules(void **state) {
    uintptr_t frame = (uintptr_t)a_finding_comes_after_hello_and_its_modules;
    struct finding f = sample(&frame, 1);
    bool covered = false;
    (void)state;
    wire_out_finding(&f);
    assert_true(next_record() > 0);
    assert_int_equal(record.header.type, WIRE_HELLO);
    assert_int_equal(record.header.sequence, sequence++);
    assert_int_equal(wire_field_number(&(struct wire_field){WIRE_SEED, 8, field(WIRE_SEED).data}), 17);
    do {
        assert_true(next_record() > 0);
        assert_int_equal(record.header.sequence, sequence++);
        if (record.header.type != WIRE_MODULE) break;
        struct wire_field low = field(WIRE_LOW), high = field(WIRE_HIGH), path = field(WIRE_PATH);
        if (frame >= wire_field_number(&low) && frame < wire_field_number(&high)) covered = true;
        assert_true(path.length > 0);
    } while (true);
    assert_true(covered);
    assert_int_equal(record.header.type, WIRE_FINDING);
    assert_memory_equal(field(WIRE_CODE).data, "GR001", 5);
}

static void modules_are_told_once(void **state) {
    uintptr_t frame = 0x1000;
    struct finding f = sample(&frame, 1);
    (void)state;
    wire_out_finding(&f);
    assert_true(next_record() > 0);
    assert_int_equal(record.header.type, WIRE_FINDING);
    assert_int_equal(record.header.sequence, sequence++);
}

static void a_child_tells_its_own_story(void **state) {
    uintptr_t frame = 0x1000;
    struct finding f = sample(&frame, 1);
    uint32_t of_child = 0;
    int status;
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        wire_out_finding(&f);
        wire_out_goodbye();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(next_record() > 0);
    assert_int_equal(record.header.type, WIRE_HELLO);
    assert_int_equal(record.header.pid, child);
    assert_int_equal(record.header.sequence, of_child++);
    struct wire_field parent = field(WIRE_PARENT_PID);
    assert_int_equal(wire_field_number(&parent), getpid());
    skip_to(WIRE_FINDING, child, &of_child);
    skip_to(WIRE_GOODBYE, child, &of_child);
    wire_out_finding(&f); /* the parent goes on where it was */
    skip_to(WIRE_FINDING, getpid(), &sequence);
}

static void the_limit_is_said_once(void **state) {
    uintptr_t frame = 0x1000;
    struct finding f = sample(&frame, 1);
    (void)state;
    front_options.max = 3;
    for (int i = 0; i < 3; i++) wire_out_finding(&f);
    skip_to(WIRE_TEXT, getpid(), &sequence);
    assert_true(next_record() <= 0);
    front_options.max = 0;
}

static void the_descriptor_may_move(void **state) {
    (void)state;
    int before = channel_descriptor();
    assert_true(before >= 100); /* out of the program's way */
    assert_true(wire_out_owns(before));
    wire_out_move();
    assert_false(wire_out_owns(before));
    assert_int_equal(atoi(getenv(WIRE_ENV_FD)), channel_descriptor());
    wire_out_degraded("a test");
    skip_to(WIRE_DEGRADED, getpid(), &sequence);
    assert_memory_equal(field(WIRE_MESSAGE).data, "a test", 6);
}

static void goodbye_is_last_and_counts(void **state) {
    (void)state;
    front_ready = true;
    wire_out_goodbye();
    front_ready = false;
    skip_to(WIRE_GOODBYE, getpid(), &sequence);
    struct wire_field tasks = field(WIRE_TASKS_EVER);
    assert_int_equal(wire_field_number(&tasks), 5);
    assert_int_equal(wire_out_status(7), 7); /* goro-race decides */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_comes_after_hello_and_its_modules),
        cmocka_unit_test(modules_are_told_once),
        cmocka_unit_test(a_child_tells_its_own_story),
        cmocka_unit_test(the_limit_is_said_once),
        cmocka_unit_test(the_descriptor_may_move),
        cmocka_unit_test(goodbye_is_last_and_counts),
    };
    int pair[2];
    char number[16];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) return 1;
    reader = pair[0];
    snprintf(number, sizeof number, "%d", pair[1]);
    setenv(WIRE_ENV_FD, number, 1);
    front_options_read("seed=17");
    wire_out_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
