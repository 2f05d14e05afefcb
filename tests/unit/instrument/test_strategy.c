/* The strategies of exploring, against a queue that is an array of ids. */
#include "instrument/front.h"
#include "instrument/strategy.h"
#include "instrument/wire_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t state;
uint64_t front_random(void) { return state = state * UINT64_C(6364136223846793005) + 1442695040888963407u; }

void wire_out_goodbye(void) {}

static uint64_t id_at(const void *q, unsigned i) { return ((const uint64_t *)q)[i]; }

static const uint64_t four[] = {1, 2, 3, 4};

static void begin(enum wire_strategy strategy, uint64_t seed, uint32_t depth, uint64_t steps) {
    strategy_begin(&(struct wire_schedule){.seed = seed, .strategy = strategy, .depth = depth, .steps = steps});
    state = seed;
}

static uint64_t next(const uint64_t *ids, unsigned n) { return ids[strategy_next(n, id_at, ids)]; }

static void test_probe_stays_until_it_cannot(void **unused) {
    static const uint64_t without_1[] = {4, 3, 2};
    (void)unused;
    begin(WIRE_STRATEGY_PROBE, 1, 0, 0);
    assert_int_equal(next(four, 4), 1);
    for (int i = 0; i < 100; i++) assert_int_equal(next(four, 4), 1);
    assert_int_equal(next(without_1, 3), 2);
    assert_int_equal(next(four, 4), 2);
}

/* Without a change point the same one runs as long as it can, whatever its place in the queue. */
static void test_pct_runs_the_highest(void **unused) {
    static const uint64_t turned[] = {4, 3, 2, 1};
    unsigned met[5] = {0};
    (void)unused;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        begin(WIRE_STRATEGY_PCT, seed, 1, 100);
        uint64_t first = next(four, 4);
        for (int i = 0; i < 50; i++) assert_int_equal(next(i % 2 ? four : turned, 4), first);
        met[first]++;
    }
    for (int id = 1; id <= 4; id++) assert_in_range(met[id], 50, 150); /* each about as often */
}

/* Depth d: at most d - 1 changes of who runs while all could, and over many seeds each step is such a point. */
static void test_pct_changes_at_random_steps(void **unused) {
    enum { STEPS = 20 };
    bool at[STEPS] = {false};
    (void)unused;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        begin(WIRE_STRATEGY_PCT, seed, 3, STEPS);
        uint64_t before = next(four, 4);
        unsigned changes = 0;
        for (int i = 1; i < STEPS; i++) {
            uint64_t now = next(four, 4);
            if (now != before) changes++, at[i] = true;
            before = now;
        }
        assert_in_range(changes, 0, 2);
    }
    for (int i = 1; i < STEPS; i++) assert_true(at[i]);
}

static void test_who_spins_falls(void **unused) {
    (void)unused;
    begin(WIRE_STRATEGY_PCT, 7, 1, 100);
    uint64_t first = next(four, 4), now = first;
    for (int i = 0; i < 1100 && now == first; i++) now = next(four, 4);
    assert_int_not_equal(now, first);
    begin(WIRE_STRATEGY_PCT, 7, 1, 100);
    first = next(four, 4);
    strategy_gave_way();
    assert_int_not_equal(next(four, 4), first);
}

/* A priority is kept until its event is made: of two goroutines that race, one of them eleven steps away, that one comes
 * first in one schedule of twelve, where a random walk would have it in one of 2,048. */
static void test_pos_keeps_a_priority_until_it_is_used(void **unused) {
    enum { WAY = 10, SCHEDULES = 2400 };
    static const uint64_t both[] = {1, 2};
    unsigned far_first = 0;
    (void)unused;
    for (uint64_t seed = 1; seed <= SCHEDULES; seed++) {
        unsigned way = WAY;
        uint64_t who;
        begin(WIRE_STRATEGY_POS, seed, 1, 100);
        strategy_access(1, 100, true); /* it is there; 2 has a way to go over words of its own */
        strategy_access(2, 200, true);
        while ((who = next(both, 2)) == 2 && way) strategy_access(2, --way ? 200 + way : 100, true);
        far_first += who == 2;
    }
    assert_in_range(far_first, SCHEDULES / 12 - 60, SCHEDULES / 12 + 60);
}

/* Whoever has lost a race draws anew: of two that race again and again neither starves, and all orders are met. */
static void test_pos_draws_anew_after_a_race(void **unused) {
    enum { STEPS = 6 };
    static const uint64_t both[] = {1, 2};
    bool met[1 << STEPS] = {false};
    (void)unused;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        unsigned order = 0;
        begin(WIRE_STRATEGY_POS, seed, 1, 100);
        strategy_access(1, 100, true);
        strategy_access(2, 100, true);
        for (int i = 0; i < STEPS; i++) order = order << 1 | (next(both, 2) == 2);
        met[order] = true;
    }
    for (unsigned i = 0; i < 1 << STEPS; i++) assert_true(met[i]);
}

/* The first six of two goroutines, whose next is always an access to this word of theirs. */
static unsigned six_of_two(uint64_t seed, uint64_t first, uint64_t second, bool writes) {
    static const uint64_t both[] = {1, 2};
    unsigned order = 0;
    begin(WIRE_STRATEGY_POS, seed, 1, 100);
    strategy_access(1, first, writes);
    strategy_access(2, second, writes);
    for (int i = 0; i < 6; i++) order = order << 1 | (next(both, 2) == 2);
    return order;
}

/* Two reads of one word do not race: they are ordered as those of two words are; two writes are not. */
static void test_pos_lets_draw_anew_who_races(void **unused) {
    unsigned otherwise = 0;
    (void)unused;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        assert_int_equal(six_of_two(seed, 100, 100, false), six_of_two(seed, 100, 200, true));
        otherwise += six_of_two(seed, 100, 100, true) != six_of_two(seed, 100, 200, true);
    }
    assert_in_range(otherwise, 50, 200);
}

static void test_random_takes_all(void **unused) {
    (void)unused;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        unsigned met = 0;
        begin(WIRE_STRATEGY_RANDOM, seed, 0, 0);
        for (int i = 0; i < 400; i++) met |= 1u << next(four, 4);
        assert_int_equal(met, 2 + 4 + 8 + 16);
    }
}

/* The hash tells schedules apart, and is the same for the same one. */
static void test_same_seed_same_choices(void **unused) {
    (void)unused;
    for (enum wire_strategy s = WIRE_STRATEGY_RANDOM; s <= WIRE_STRATEGY_MIXED; s++) {
        uint64_t hashes[3];
        for (int run = 0; run < 3; run++) {
            begin(s, run < 2 ? 11 : 14, 3, 50);
            uint64_t steps = strategy_steps();
            for (int i = 0; i < 50; i++) next(four, 4);
            assert_int_equal(strategy_steps() - steps, 50);
            hashes[run] = strategy_hash();
        }
        assert_int_equal(hashes[0], hashes[1]);
        assert_int_not_equal(hashes[0], hashes[2]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe_stays_until_it_cannot),
        cmocka_unit_test(test_pct_runs_the_highest),
        cmocka_unit_test(test_pct_changes_at_random_steps),
        cmocka_unit_test(test_who_spins_falls),
        cmocka_unit_test(test_pos_keeps_a_priority_until_it_is_used),
        cmocka_unit_test(test_pos_draws_anew_after_a_race),
        cmocka_unit_test(test_pos_lets_draw_anew_who_races),
        cmocka_unit_test(test_random_takes_all),
        cmocka_unit_test(test_same_seed_same_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
