/* Decisions, noted and followed, in a model: goroutines that burn reads, meet switch points, wait for each other and end. */
#include "instrument/decisions.h"
#include "instrument/front.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* -- the front's part: who burns what ------------------------------------------------------------------------------ */

static uint64_t burnt;
static int32_t fuel;
uint64_t front_burnt(void) { return burnt; }
void front_refill(void) { fuel = decisions_fuel(); }

static uint64_t random_state;
static uint64_t draw(void) {
    return (random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u) >> 33;
}

/* -- the model -------------------------------------------------------------------------------------------------------- */

enum { TASKS = 4, STEPS = 40 };
static struct {
    unsigned steps[TASKS + 1]; /* of each: how far it has come */
    uint64_t queue[TASKS], running;
    unsigned waiting;
    uint64_t trace[4096];
    unsigned traced;
} model;

static uint64_t id_at(const void *q, unsigned i) { return ((const uint64_t *)q)[i]; }

static void put_on(unsigned i) {
    model.running = model.queue[i];
    memmove(&model.queue[i], &model.queue[i + 1], (--model.waiting - i) * sizeof *model.queue);
    decisions_switch(model.running);
}

/* The running one stands in line already, or waits for nothing more. */
static void switch_to_next(void) {
    if (!model.waiting) {
        model.running = 0;
        return;
    }
    put_on(model.waiting == 1 ? 0
                              : decisions_next(model.waiting, id_at, model.queue, (unsigned)(draw() % model.waiting)));
}

static void switch_point(bool yields) {
    if (yields) decisions_gave_way();
    model.queue[model.waiting++] = model.running;
    switch_to_next();
}

/* Step k of goroutine g costs 1 (an access) or 16 (an operation), as in front.c. */
static void step(void) {
    uint64_t g = model.running;
    unsigned k = model.steps[g]++;
    int32_t cost = (k * 7 + g * 3) % 4 == 0 ? 16 : 1;
    model.trace[model.traced++] = g * 1000 + k;
    burnt += (uint64_t)cost;
    fuel -= cost;
    if (fuel <= 0) {
        fuel = decisions_followed ? decisions_fuel() : (int32_t)(draw() % 20);
        switch_point(false);
        if (model.running != g) return;
    }
    if (k == 10) model.trace[model.traced++] = 900 + decisions_case(3, (unsigned)(draw() % 3));
    if (k == 20) switch_point(true);
    if (model.running == g && model.steps[g] > STEPS) switch_to_next();
}

/* Runs it; the trace is what happened. */
static void run(uint32_t flags, const struct wire_decision *list, uint32_t count, struct wire_notes *notes,
                uint64_t seed) {
    struct wire_schedule s = {.flags = flags, .decisions = count};
    memset(&model, 0, sizeof model);
    random_state = seed;
    burnt = 0;
    decisions_begin(&s, list, notes);
    model.running = 1;
    for (uint64_t id = 2; id <= TASKS; id++) model.queue[model.waiting++] = id;
    fuel = decisions_followed ? decisions_fuel() : 5;
    while (model.running) step();
}

static struct wire_notes noted, followed;

static void test_noted_and_followed_is_the_same(void **unused) {
    static uint64_t trace[4096];
    (void)unused;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        run(WIRE_SCHEDULE_NOTE, NULL, 0, &noted, seed);
        assert_true(noted.count > 0);
        assert_int_equal(noted.overflow, 0);
        unsigned traced = model.traced;
        memcpy(trace, model.trace, sizeof trace);
        run(WIRE_SCHEDULE_FOLLOW, noted.list, noted.count, &followed, seed + 1000);
        assert_int_equal(model.traced, traced);
        assert_memory_equal(model.trace, trace, traced * sizeof *trace);
        for (uint32_t i = 0; i < followed.count; i++) assert_int_equal(followed.list[i].done, WIRE_DECISION_DONE);
    }
}

/* Without decisions each runs until it gives way or ends, in the order of age. */
static void test_no_decision(void **unused) {
    (void)unused;
    run(WIRE_SCHEDULE_FOLLOW, NULL, 0, &followed, 1);
    unsigned changes = 0;
    for (unsigned i = 1; i < model.traced; i++)
        changes +=
            model.trace[i] / 1000 != model.trace[i - 1] / 1000 && model.trace[i] >= 1000 && model.trace[i - 1] >= 1000;
    assert_int_equal(changes, 2 * TASKS - 1); /* a yield each, and an end each but the last */
    assert_int_equal(followed.count, 0);
}

/* One that cannot come to pass is told from one that does. */
static void test_fates(void **unused) {
    const struct wire_decision list[] = {
        {.task = 2, .at = 7, .to = 3, .kind = WIRE_DECISION_PREEMPT},
        {.task = 3, .at = 1000000, .to = 1, .kind = WIRE_DECISION_PREEMPT},
        {.task = 1, .at = 1, .to = 77, .kind = WIRE_DECISION_PREEMPT},
    };
    struct wire_decision wanted[array_length(list)];
    (void)unused;
    run(WIRE_SCHEDULE_NOTE, NULL, 0, &noted, 3);
    memcpy(wanted, list, sizeof list);
    for (uint32_t i = 0; i < noted.count; i++) /* places that there are */
        if (noted.list[i].kind == WIRE_DECISION_PREEMPT) {
            wanted[0] = wanted[2] = noted.list[i];
            wanted[2].to = 77;
            break;
        }
    run(WIRE_SCHEDULE_FOLLOW, wanted, 3, &followed, 3);
    assert_int_equal(followed.list[0].done, WIRE_DECISION_DONE);
    assert_int_equal(followed.list[1].done, WIRE_DECISION_MISSED);
    run(WIRE_SCHEDULE_FOLLOW, wanted + 2, 1, &followed, 3);
    assert_int_equal(followed.list[0].done, WIRE_DECISION_REFUSED);
}

/* More than there is room for is said, and nothing is written past the end. */
static void test_overflow(void **unused) {
    static struct {
        struct wire_notes notes;
        uint64_t behind;
    } bounded = {.behind = 42};
    static const uint64_t two[] = {1, 2};
    (void)unused;
    decisions_begin(&(struct wire_schedule){.flags = WIRE_SCHEDULE_NOTE}, NULL, &bounded.notes);
    for (int i = 0; i < WIRE_DECISIONS_MAX + 10; i++, burnt++) decisions_next(2, id_at, two, 1);
    assert_int_equal(bounded.notes.count, WIRE_DECISIONS_MAX);
    assert_int_equal(bounded.notes.overflow, 1);
    assert_int_equal(bounded.behind, 42);
}

/* Who spins without end gives way in the end. */
static void test_who_spins_gives_way(void **unused) {
    static const uint64_t two[] = {1, 2};
    unsigned i = 0;
    (void)unused;
    decisions_begin(&(struct wire_schedule){.flags = WIRE_SCHEDULE_FOLLOW}, NULL, &followed);
    while (i < 1000 && two[decisions_next(2, id_at, two, 0)] == 1) i++, burnt += 1024;
    assert_in_range(i, 10, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noted_and_followed_is_the_same),
        cmocka_unit_test(test_no_decision),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_who_spins_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
