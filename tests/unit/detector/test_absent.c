/* Who has not called Done: named by what each did with the WaitGroup since its counter left zero, and nobody else. */
#include "engine_test.h"
#include "detector/slot.h"
#include "detector/tally.h"
#include "detector/world.h"

#include <stdlib.h>

enum { NAMED_MAX = 16 };

static struct {
    uint64_t id, count, started, called;
    enum finding_clue clue;
    enum finding_task_state state;
} named[NAMED_MAX];
static unsigned named_count;

static void keep_named(const struct finding *f) {
    named_count = 0;
    for (uint32_t i = 0; i < f->part_count; i++) {
        const struct finding_part *p = &f->parts[i];

        if (p->role != FINDING_UNDONE || named_count == NAMED_MAX) continue;
        named[named_count].id = p->task < f->task_count ? f->tasks[p->task].id : 0;
        named[named_count].state = p->task < f->task_count ? f->tasks[p->task].state : FINDING_RUNNING;
        named[named_count].clue = (enum finding_clue)p->clue;
        named[named_count].count = p->count;
        named[named_count].started = p->started;
        named[named_count++].called = p->called;
    }
}

static void expect_named(unsigned i, uint64_t id, enum finding_clue clue, uint64_t count) {
    assert_true(i < named_count);
    assert_int_equal(named[i].id, id);
    assert_int_equal(named[i].clue, clue);
    assert_int_equal(named[i].count, count);
}

static struct det_task *m;
static uintptr_t wg; /* global: in no block, on no stack */
static uint64_t memory[64];

static void start(bool single) {
    engine_start(single, 0);
    found_also = keep_named;
    named_count = 0;
    m = main_task();
    wg = (uintptr_t)&memory[8];
}

static struct det_task *start_at(struct det_task *parent, uint64_t id, uintptr_t pc) {
    return det_task_new(parent, DET_GOROUTINE, id, 0x900000, pc);
}

/* main waits, and nothing runs. */
static void ask(void) {
    det_wg_wait(m, wg, 91);
    det_block(m, FINDING_WG, wg, 91);
    det_all_asleep();
}

static void stop(void) {
    det_check();
    assert_null(degraded_text);
    det_fini();
}

static void names_alike(bool single) {
    struct det_task *t[4];

    start(single);
    det_wg_add(m, wg, 4, 0, 11);
    for (unsigned i = 0; i < 4; i++) t[i] = start_at(m, i + 2, 500);
    for (unsigned i = 0; i < 3; i++) det_wg_add(t[i], wg, -1, 4 - i, 12);
    for (unsigned i = 0; i < 4; i++) det_task_end(t[i]);
    ask();
    assert_int_equal(named_count, 1);
    expect_named(0, 5, FINDING_ALIKE, 1);
    assert_int_equal(named[0].started, 4);
    assert_int_equal(named[0].called, 3);
    assert_int_equal(named[0].state, FINDING_ENDED);
    stop();
}
static void test_names_alike_single(void **state) { (void)state, names_alike(true); }
static void test_names_alike_parallel(void **state) { (void)state, names_alike(false); }

/* Who ended before the counter left zero, and who has called Done in this round, are not missed. */
static void test_rounds(void **state) {
    struct det_task *gone, *stays, *does;

    (void)state;
    start(true);
    gone = start_at(m, 2, 500), stays = start_at(m, 3, 501), does = start_at(m, 4, 502);
    det_wg_add(m, wg, 3, 0, 11);
    det_wg_add(gone, wg, -1, 3, 12);
    det_wg_add(stays, wg, -1, 2, 12);
    det_wg_add(does, wg, -1, 1, 12);
    det_task_end(gone);
    det_wg_add(m, wg, 2, 0, 11);
    det_wg_add(does, wg, -1, 2, 12);
    det_task_end(stays);
    det_task_end(does);
    ask();
    assert_int_equal(named_count, 1);
    expect_named(0, 3, FINDING_BEFORE, 1);
    stop();
}

/* A WaitGroup in a block: only who was given it, directly or by what its argument leads to, and has not handed it on. */
static void test_given(void **state) {
    uint64_t *job = malloc(4 * sizeof *job);
    struct det_task *starter, *worker, *other;

    (void)state;
    start(true);
    det_alloc(m, (uintptr_t)memory, sizeof memory, 10);
    det_alloc(m, (uintptr_t)job, 4 * sizeof *job, 10);
    job[2] = wg;
    det_wg_add(m, wg, 1, 0, 11);
    starter = start_at(m, 2, 500);
    det_wg_given(m, starter, (uint64_t[]){wg}, 1);
    worker = start_at(starter, 3, 501);
    det_wg_given(starter, worker, (uint64_t[]){7, (uintptr_t)job}, 2);
    other = start_at(m, 4, 502);
    det_wg_given(m, other, (uint64_t[]){(uintptr_t)&memory[1]}, 1); /* no block begins there */
    det_task_end(starter);
    det_task_end(worker);
    det_task_end(other);
    ask();
    assert_int_equal(named_count, 1);
    expect_named(0, 3, FINDING_GIVEN, 1);
    det_free(m, (uintptr_t)job, 13);
    free(job);
    stop();
}

/* A goroutine that has used so many WaitGroups that some are forgotten may have called Done. */
static void test_forgotten(void **state) {
    struct det_task *t;

    (void)state;
    start(true);
    det_wg_add(m, wg, 2, 0, 11);
    t = start_at(m, 2, 500);
    det_wg_add(t, wg, -1, 2, 12);
    for (uintptr_t i = 1; i <= 8; i++) {
        det_wg_add(m, wg + 64 * i, 2, 0, 13);
        det_wg_add(t, wg + 64 * i, -1, 2, 14);
    }
    assert_true(t->record->tallies_lost);
    det_task_end(t);
    ask();
    assert_int_equal(named_count, 0);
    stop();
}

/* When records were forgotten, nobody says "of so many"; who is named has still not called Done. */
static void test_reclaimed(void **state) {
    struct det_task *t[2];

    (void)state;
    slot_tenure_budget(4);
    start(true);
    det_wg_add(m, wg, 20, 0, 11);
    for (uint64_t i = 0; i < 12; i++) {
        t[0] = start_at(m, i + 2, 500);
        det_wg_add(t[0], wg, -1, (int64_t)(20 - i), 12);
        det_task_end(t[0]);
    }
    gate_set(GATE_WANTED);
    world_enter(m);
    world_leave(m);
    assert_true(slot_sweeps() > 0);
    t[1] = start_at(m, 30, 500);
    t[0] = start_at(m, 31, 500);
    det_wg_add(t[1], wg, -1, 8, 12);
    ask();
    assert_int_equal(named_count, 1);
    expect_named(0, 31, FINDING_ALIKE, 1);
    assert_int_equal(named[0].started, 0);
    stop();
    slot_tenure_budget(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_alike_single),
        cmocka_unit_test(test_names_alike_parallel),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_reclaimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
