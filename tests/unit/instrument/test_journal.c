/* The journal: what is written is read back, what does not fit is told, and whatever bytes the file has, reading them ends
 * with an entry, a divergence or the end, and reads nothing else. */
#include "instrument/journal.h"
#include "instrument/wire_out.h"
#include "runtime/running.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* -- what the rest of the library would be ---------------------------------------------------------------------------- */

__thread struct front_thread front_self __attribute__((tls_model("initial-exec")));
bool front_ready = true;
struct front_options front_options;
static uint64_t draws;
static char said[500];
static jmp_buf out;

uint64_t front_draws(void) { return draws; }
void front_replay_signals(void) {}
struct det_task *front_attach(void) {
    return NULL;
}
uint64_t det_task_id(const struct det_task *t) { return (uint64_t)(uintptr_t)t; }
bool running_own_call(void) { return false; }
void wire_out_goodbye(void) {}
void wire_out_degraded(const char *what) { strncpy(said, what, sizeof said - 1); }
void wire_out_diverged(const char *what, uintptr_t pc) {
    (void)pc;
    strncpy(said, what, sizeof said - 1);
    longjmp(out, 1);
}

/* -- a journal in memory ------------------------------------------------------------------------------------------------ */

static int file;

static void act_as(uint64_t id) { front_self.task = (struct det_task *)(uintptr_t)id; }

static void begin(bool replays) {
    front_options.record = replays ? 0 : (uint64_t)file;
    front_options.replay = replays ? (uint64_t)file : 0;
    lseek(file, 0, SEEK_SET);
    said[0] = 0;
    draws = 0;
    journal_start();
}

static void write_one(uint64_t task, enum wire_journal_kind kind, uint32_t argument, const void *data, size_t n) {
    struct journal_call c = {.kind = kind, .argument = argument, .result = (int64_t)n, .outs = 1, .by_result = true};
    act_as(task);
    c.out[0] = (struct iovec){(void *)data, n};
    draws += 2;
    journal_note(&c);
}

enum { ENTRIES = 60 };
static void write_all(void) {
    static uint8_t bytes[5000];
    file = memfd_create("journal", 0);
    begin(false);
    for (unsigned i = 0; i < ENTRIES; i++) {
        memset(bytes, (int)i, sizeof bytes);
        write_one(1 + i % 3, i % 2 ? WIRE_JOURNAL_READ : WIRE_JOURNAL_TIME, i % 5, bytes, i * 17 % sizeof bytes);
        if (i % 10 == 9) journal_note_found(WIRE_JOURNAL_EVENTS, NULL, 0);
        if (i % 10 == 9) journal_note_found(WIRE_JOURNAL_EVENTS, bytes, 12);
    }
    act_as(1);
    journal_end();
}

/* Reads all; how many entries fitted before one did not. */
static unsigned read_all(bool strict) {
    static uint8_t bytes[5000];
    volatile unsigned i = 0;
    begin(true);
    if (setjmp(out)) return i;
    for (; i < ENTRIES; i++) {
        struct journal_call c = {.kind = i % 2 ? WIRE_JOURNAL_READ : WIRE_JOURNAL_TIME, .argument = i % 5, .outs = 1};
        act_as(1 + i % 3);
        draws += 2;
        c.out[0] = (struct iovec){bytes, sizeof bytes};
        assert_true(journal_take(&c));
        size_t n = i * 17 % sizeof bytes;
        if (strict) assert_int_equal(c.result, n);
        for (size_t k = 0; strict && k < n; k++) assert_int_equal(bytes[k], i);
        if (i % 10 != 9) continue;
        size_t found = journal_take_found(WIRE_JOURNAL_EVENTS, bytes, sizeof bytes);
        if (strict) assert_int_equal(found, 0);
        found = journal_take_found(WIRE_JOURNAL_EVENTS, bytes, sizeof bytes);
        if (strict) assert_int_equal(found, 12);
    }
    act_as(1);
    journal_end();
    return i;
}

static void test_read_back(void **unused) {
    (void)unused;
    write_all();
    assert_int_equal(read_all(true), ENTRIES);
    assert_string_equal(said, "");
    close(file);
}

static void test_divergence_is_told(void **unused) {
    struct journal_call c = {.kind = WIRE_JOURNAL_READ, .argument = 7};
    (void)unused;
    write_all();
    begin(true);
    act_as(2);
    draws = 2;
    if (!setjmp(out)) journal_take(&c);
    assert_string_equal(
        said, "the replay diverged at entry 1: found: goroutine 2 reads descriptor 7, behind 2 choices of the "
              "scheduler; expected: main asks for the time, behind 2");
    begin(true);
    act_as(1);
    draws = 3; /* the same call, but something was drawn besides */
    c = (struct journal_call){.kind = WIRE_JOURNAL_TIME};
    if (!setjmp(out)) journal_take(&c);
    assert_non_null(strstr(said, "behind 3 choices"));
    close(file);
}

/* Cut anywhere, it is read up to there. */
static void test_torn(void **unused) {
    (void)unused;
    write_all();
    off_t size = lseek(file, 0, SEEK_END);
    unsigned before = ENTRIES;
    for (off_t cut = size - 1; cut > 0; cut -= 37) {
        assert_int_equal(ftruncate(file, cut), 0);
        unsigned n = read_all(false);
        assert_true(n <= before);
        if (n < ENTRIES && !strstr(said, "the recording ends behind"))
            fail_msg("cut at %ld, %u entries: %s", (long)cut, n, said);
        before = n;
    }
    assert_int_equal(before, 0);
    close(file);
}

static uint64_t state = 1;
static uint64_t draw(void) { return (state = state * UINT64_C(6364136223846793005) + 1442695040888963407u) >> 33; }

/* Bytes changed, moved, doubled and made up. A checksum that is made right again lets what is inside be wrong. */
static void test_fuzz(void **unused) {
    static uint8_t whole[200000], bytes[200000];
    (void)unused;
    write_all();
    size_t size = (size_t)pread(file, whole, sizeof whole, 0);
    for (unsigned round = 0; round < 3000; round++) {
        memcpy(bytes, whole, size);
        size_t at = draw() % size, n = draw() % 64, to = draw() % size;
        if (at + n > size) n = size - at;
        if (to + n > size) to = size - n;
        switch (round % 4) {
        case 0: bytes[at] = (uint8_t)draw(); break;
        case 1: memmove(bytes + to, bytes + at, n); break;
        case 2: memset(bytes + at, round & 8 ? 0xff : 0, n); break;
        default: { /* inside the first record, and its checksum made right */
            struct wire_writer w;
            wire_begin(&w, bytes, sizeof bytes, WIRE_JOURNAL);
            for (unsigned i = 0; i < 4; i++) {
                uint8_t junk[80];
                for (size_t k = 0; k < sizeof junk; k++) junk[k] = (uint8_t)draw();
                wire_bytes(&w, draw() % 2 ? WIRE_JOURNAL_ENTRY : WIRE_JOURNAL_DATA, junk,
                           draw() % 3 ? 40 : draw() % sizeof junk);
            }
            wire_end(&w, 1, 1);
        }
        }
        assert_int_equal(pwrite(file, bytes, size, 0), size);
        read_all(false);
    }
    close(file);
}

/* No room: it is told once, and nothing more is written. */
static void test_no_room(void **unused) {
    (void)unused;
    file = open("/dev/full", O_WRONLY);
    assert_true(file >= 0);
    begin(false);
    write_one(1, WIRE_JOURNAL_TIME, 0, "12345678", 8);
    assert_non_null(strstr(said, "No space left"));
    assert_false(journal_on);
    close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_back), cmocka_unit_test(test_divergence_is_told),
        cmocka_unit_test(test_torn),      cmocka_unit_test(test_fuzz),
        cmocka_unit_test(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
