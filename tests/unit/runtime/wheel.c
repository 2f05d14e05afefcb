/* The wheel, driven with times of its own. They lie far ahead of the clock, so that the scheduler rings none of these
 * alarms; and time cannot go back, so no test of real time may be in this program. */
#include "runtime/wheel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define HOUR (INT64_C(3600) * 1000000000)

enum { ALARMS = 2000, TICK = 4096 };
struct test_alarm {
    struct alarm alarm;
    int64_t rang_at;
};
static struct test_alarm alarms[ALARMS];
static int64_t last_when;
static bool ordered;

static void note_ring(struct alarm *a, int64_t now) {
    ((struct test_alarm *)a)->rang_at = now;
    if (a->when < last_when) ordered = false;
    last_when = a->when;
}

static uint64_t random_next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *seed >> 11;
}

static void every_alarm_rings_once_in_order_and_never_early(void **state) {
    (void)state;
    uint64_t seed = 20261120;
    print_message("seed %lu\n", seed);
    struct g *g = runtime_enter();
    int64_t now = clock_now() + 1000 * HOUR;
    for (int round = 0; round < 5; round++) {
        size_t expected = 0;
        for (int i = 0; i < ALARMS; i++) {
            uint64_t r = random_next(&seed);
            alarms[i] = (struct test_alarm){.alarm.ring = note_ring, .rang_at = -1};
            alarm_set(&alarms[i].alarm, now + (int64_t)(random_next(&seed) >> (20 + r % 30)), now);
        }
        for (int i = 0; i < ALARMS; i += 3) assert_true(alarm_clear(&alarms[i].alarm));
        for (int i = 0; i < ALARMS; i++) expected += i % 3 != 0;
        assert_int_equal(wheel_check(), expected);
        ordered = true;
        last_when = 0;
        int64_t next = 0;
        for (int turns = 0; next != INT64_MAX; turns++) {
            assert_true(turns < 20 * ALARMS);
            next = wheel_turn(now);
            if (turns % 50 == 0) wheel_check();
            for (int i = 0; i < ALARMS; i++)
                if (alarms[i].rang_at == now) assert_true(alarms[i].alarm.when <= now);
            if (next != INT64_MAX) now = next + (int64_t)(random_next(&seed) % TICK);
        }
        assert_true(ordered);
        for (int i = 0; i < ALARMS; i++) {
            if (i % 3) assert_true(alarms[i].rang_at >= alarms[i].alarm.when);
            else assert_int_equal(alarms[i].rang_at, -1);
            assert_false(alarm_clear(&alarms[i].alarm));
        }
        assert_int_equal(wheel_check(), 0);
    }
    runtime_leave(g);
}

static void an_alarm_that_is_never_due_can_be_set(void **state) {
    (void)state;
    struct g *g = runtime_enter();
    struct test_alarm a = {.alarm.ring = note_ring, .rang_at = -1};
    int64_t now = clock_now();
    assert_int_equal(clock_after(now, INT64_MAX), INT64_MAX);
    alarm_set(&a.alarm, INT64_MAX, now);
    assert_true(wheel_turn(now) > now);
    assert_true(alarm_clear(&a.alarm));
    runtime_leave(g);
}

/* Long alarms read no clock when they are set, but by the turn that follows. */
static void a_long_alarm_counts_from_no_earlier_than_its_start(void **state) {
    (void)state;
    struct g *g = runtime_enter();
    struct test_alarm early = {.alarm.ring = note_ring}, late = early, cleared = early, exact = early;
    int64_t ns = 2 * HOUR;
    assert_int_equal(alarm_clock(ns), CLOCK_UNREAD);
    assert_int_not_equal(alarm_clock(LONG_NS - 1), CLOCK_UNREAD);
    alarm_set_in(&cleared.alarm, ns, CLOCK_UNREAD);
    assert_true(wheel_unsettled() && wheel_can_wake());
    assert_int_equal(wheel_check(), 1);
    assert_true(alarm_clear(&cleared.alarm));
    assert_false(wheel_unsettled() || wheel_can_wake());

    alarm_set_in(&early.alarm, ns, CLOCK_UNREAD);
    alarm_set_in(&late.alarm, ns + 1, CLOCK_UNREAD);
    assert_int_equal(wheel_check(), 2);
    int64_t before = clock_now();
    int64_t due = wheel_turn(before - HOUR); /* a time read before their start must not count */
    assert_false(wheel_unsettled());
    assert_true(early.alarm.when >= before + ns && late.alarm.when >= before + ns + 1);
    assert_true(due <= early.alarm.when + TICK);
    assert_int_equal(wheel_check(), 2);

    alarm_set_in(&cleared.alarm, ns, CLOCK_UNREAD); /* started before the next, for the same time */
    alarm_set_in(&exact.alarm, ns, clock_now());
    assert_false(wheel_unsettled());
    assert_true(cleared.alarm.when <= exact.alarm.when);
    assert_int_equal(wheel_check(), 4);
    assert_true(alarm_clear(&early.alarm) && alarm_clear(&late.alarm));
    assert_true(alarm_clear(&exact.alarm) && alarm_clear(&cleared.alarm));
    assert_int_equal(wheel_check(), 0);
    runtime_leave(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_that_is_never_due_can_be_set),
        cmocka_unit_test(a_long_alarm_counts_from_no_earlier_than_its_start),
        cmocka_unit_test(every_alarm_rings_once_in_order_and_never_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
