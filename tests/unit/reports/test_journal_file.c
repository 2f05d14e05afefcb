/* A journal as goro-race reads it: its head, its entries, and whatever else the bytes may be. */
#include "reports/journal.h"
#include "detector/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t bytes[20000];
static size_t size;

static void add_head(void) {
    struct wire_writer w;
    wire_begin(&w, bytes, sizeof bytes, WIRE_JOURNAL_HEAD);
    wire_number(&w, WIRE_SEED, 17);
    wire_number(&w, WIRE_VIRTUAL, 1);
    wire_string(&w, WIRE_WORD, "./prog");
    wire_string(&w, WIRE_WORD, "a word");
    size = wire_end(&w, 1, 0);
}

static void add_entry(uint32_t kind) {
    struct wire_journal_entry e = {.kind = kind, .task = 1};
    struct wire_writer w;
    wire_begin(&w, bytes + size, sizeof bytes - size, WIRE_JOURNAL);
    wire_bytes(&w, WIRE_JOURNAL_ENTRY, &e, sizeof e);
    wire_bytes(&w, WIRE_JOURNAL_DATA, "some data", 9);
    size += wire_end(&w, 1, 1);
}

static void make(void) {
    add_head();
    for (int i = 0; i < 50; i++) add_entry(WIRE_JOURNAL_TIME);
    add_entry(WIRE_JOURNAL_END);
}

/* In a block of its own exact size, so that a sanitizer sees what is read besides. */
static bool parse(struct journal *j, const uint8_t *from, size_t n) {
    uint8_t *block = malloc(n ? n : 1);
    if (n) memcpy(block, from, n);
    *j = (struct journal){0};
    bool good = journal_parse(j, block, n);
    free(block);
    for (char **word = j->words; word && *word; word++) free(*word);
    free(j->words);
    return good;
}

static void test_whole(void **unused) {
    struct journal j;
    (void)unused;
    make();
    assert_true(parse(&j, bytes, size));
    assert_int_equal(j.seed, 17);
    assert_true(j.is_virtual);
    assert_int_equal(j.entries, 51);
    assert_true(j.whole);
}

static void test_cut(void **unused) {
    struct journal j;
    uint64_t before = 51;
    (void)unused;
    make();
    for (size_t n = size - 1; n > 0; n--) {
        if (!parse(&j, bytes, n)) continue;
        assert_true(j.entries < 51 && j.entries <= before);
        assert_false(j.whole);
        before = j.entries;
    }
    assert_int_equal(before, 0);
}

static void test_fuzz(void **unused) {
    static uint8_t changed[sizeof bytes];
    uint64_t state = 1;
    (void)unused;
    make();
    for (unsigned round = 0; round < 20000; round++) {
        struct journal j;
        memcpy(changed, bytes, size);
        for (unsigned k = 0; k <= round % 4; k++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            changed[(state >> 33) % (round & 64 ? size : 300)] = (uint8_t)(state >> 20);
        }
        parse(&j, changed, size - state % 200);
        assert_true(j.entries <= 51);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_fuzz),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
