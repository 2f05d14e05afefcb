/* The strategies of exploring, against a queue that is an array of ids. */
#include "instrument/front.h"
#include "instrument/strategy.h"
#include "instrument/surw.h"
#include "instrument/wire_out.h"
#include "reports/surw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint64_t state;
/* Of a linear congruential generator the low bits are worth little. */
uint64_t front_random(void) {
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return state ^ state >> 32;
}

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

/* -- surw ---------------------------------------------------------------------------------------------------------- */

/* Main starts goroutines. Each makes so many events on one object, before each of them `own` on one of its own. */
enum { SHARED = 100, WALKERS_MAX = 3 };
struct walk {
    unsigned n, events[WALKERS_MAX], own;
};

static bool is_shared(const struct walk *m, unsigned made) { return made % (m->own + 1) == m->own; }

/* The order of the events on the shared object, as digits: the goroutine's number. */
static uint64_t order_of_walk(const struct walk *m) {
    unsigned made[WALKERS_MAX] = {0};
    bool about[WALKERS_MAX] = {false};
    uint64_t ids[WALKERS_MAX], order = 0;
    unsigned n = m->n;
    for (unsigned i = 0; i < n; i++) strategy_created(1, ids[i] = 2 + i);
    while (n) {
        unsigned at = n > 1 ? strategy_next(n, id_at, ids) : 0, g = (unsigned)ids[at] - 2;
        if (about[g] && is_shared(m, made[g])) order = order * 10 + g + 1;
        made[g] += about[g];
        about[g] = made[g] < m->events[g] * (m->own + 1);
        if (about[g]) strategy_access(ids[at], is_shared(m, made[g]) ? SHARED : 200 + g, true);
        else ids[at] = ids[--n];
    }
    return order;
}

static void count_walk(const struct walk *m) {
    const uint64_t *words;
    size_t n;
    strategy_begin(&(struct wire_schedule){.strategy = WIRE_STRATEGY_PROBE, .flags = WIRE_SCHEDULE_COUNT});
    order_of_walk(m);
    n = surw_counted(&words);
    surw_learn(words, n);
}

/* How often each of `orders` is met when so many times schedules select the shared object. */
static void walk_often(const struct walk *m, const uint64_t *orders, unsigned *met, size_t n, unsigned times) {
    unsigned walked = 0;
    count_walk(m);
    for (uint64_t seed = 1; walked < times; seed++) {
        struct dfs_order counts = surw_order(seed);
        size_t i = 0;
        if (counts.sleep[0] != SHARED) continue;
        begin(WIRE_STRATEGY_SURW, seed, 0, 0);
        surw_begin(counts.sleep, counts.sleep_count);
        for (uint64_t order = order_of_walk(m); i < n && orders[i] != order;) i++;
        assert_true(i < n);
        met[i]++;
        walked++;
    }
}

/* Of one event here and ten there each of eleven orders is met as often, whatever lies between. */
static void test_surw_meets_each_order_as_often(void **unused) {
    enum { THERE = 10, EACH = 400 };
    uint64_t orders[THERE + 1];
    (void)unused;
    for (unsigned place = 0; place <= THERE; place++) {
        orders[place] = 0;
        for (unsigned i = 0; i <= THERE; i++) orders[place] = orders[place] * 10 + (i == place ? 2 : 1);
    }
    for (unsigned own = 0; own <= 3; own += 3) {
        unsigned met[THERE + 1] = {0};
        walk_often(&(struct walk){2, {THERE, 1}, own}, orders, met, THERE + 1, (THERE + 1) * EACH);
        for (unsigned place = 0; place <= THERE; place++) assert_in_range(met[place], EACH * 3 / 4, EACH * 5 / 4);
    }
}

static bool has_two_of_each(uint64_t order) {
    unsigned count[10] = {0};
    for (; order; order /= 10) count[order % 10]++;
    return count[1] == 2 && count[2] == 2 && count[3] == 2;
}

static void test_surw_of_three(void **unused) {
    enum { ORDERS = 90, EACH = 200 };
    uint64_t orders[ORDERS];
    unsigned met[ORDERS] = {0}, n = 0;
    (void)unused;
    for (uint64_t order = 112233; order <= 332211; order++)
        if (has_two_of_each(order)) orders[n++] = order;
    assert_int_equal(n, ORDERS);
    walk_often(&(struct walk){3, {2, 2, 2}, 1}, orders, met, ORDERS, ORDERS * EACH);
    for (unsigned i = 0; i < ORDERS; i++) assert_in_range(met[i], EACH * 2 / 3, EACH * 4 / 3);
}

/* Who has more events than were counted has his turn; who was counted and does not come holds nobody up. */
static void test_surw_with_wrong_counts(void **unused) {
    static const struct walk counted = {2, {5, 5}, 0};
    static const struct walk others[] = {{2, {1, 9}, 0}, {3, {4, 0, 4}, 2}, {3, {9, 9, 9}, 0}};
    (void)unused;
    count_walk(&counted);
    for (size_t i = 0; i < array_length(others); i++)
        for (uint64_t seed = 1; seed <= 50; seed++) {
            struct dfs_order counts = surw_order(seed);
            begin(WIRE_STRATEGY_SURW, seed, 0, 0);
            surw_begin(counts.sleep, counts.sleep_count);
            assert_true(order_of_walk(&others[i]) > 0);
        }
}

/* Events of one object, and those of all, are selected in turn; an object of one goroutine's is not. */
static void test_surw_selects(void **unused) {
    unsigned all = 0, shared = 0;
    (void)unused;
    count_walk(&(struct walk){2, {2, 2}, 1});
    for (uint64_t seed = 1; seed <= 400; seed++) {
        uint64_t selected = surw_order(seed).sleep[0];
        all += selected == WIRE_COUNTS_ALL;
        shared += selected == SHARED;
    }
    assert_in_range(all, 50, 150);
    assert_int_equal(all + shared, 400);
}

/* -- steering --------------------------------------------------------------------------------------------------------- */

/* Who is about to begin an operation at a place is put aside, and has its priority again behind it; who has taken a lock
 * at one is put aside for good. */
static void test_steering_puts_aside(void **unused) {
    static const uint64_t places[] = {0x100};
    (void)unused;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        begin(WIRE_STRATEGY_STEER, seed, 0, 0);
        strategy_steer(places, 1);
        uint64_t first = next(four, 4);
        strategy_begins(first, 0x200);
        strategy_operation(first);
        assert_int_equal(next(four, 4), first);
        strategy_begins(first, 0x100);
        strategy_operation(first);
        assert_int_not_equal(next(four, 4), first);
        strategy_access(first, 0, true);
        assert_int_equal(next(four, 4), first);
        strategy_lock_taken(first, 0x100);
        strategy_operation(first);
        strategy_operation(first);
        assert_int_not_equal(next(four, 4), first);
    }
    strategy_steers = false;
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

/* As runq_promote and a yield leave it. */
static uint64_t take_turn(uint64_t *queue, unsigned n) {
    unsigned i = strategy_next(n, id_at, queue);
    uint64_t id = queue[i];
    queue[i] = queue[0];
    memmove(queue, queue + 1, (n - 1) * sizeof *queue);
    queue[n - 1] = id;
    return id;
}

/* Hundreds that wait for one by yielding come behind it, each after one turn, whoever has the highest priority at first. */
static void test_many_that_spin_fall(void **unused) {
    enum { MANY = 400, WORKER = 5 };
    uint64_t queue[MANY];
    (void)unused;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        for (unsigned i = 0; i < MANY; i++) queue[i] = i + 1;
        begin(WIRE_STRATEGY_PCT, seed, 1, 100);
        unsigned turns = 0;
        for (; take_turn(queue, MANY) != WORKER; turns++) strategy_gave_way();
        assert_in_range(turns, 0, MANY - 1);
        assert_int_equal(take_turn(queue, MANY), WORKER);
    }
}

/* Of a queue that is too long to choose among all, each has its turn. */
static void test_a_long_queue_goes_on(void **unused) {
    enum { MANY = 5000 };
    static uint64_t queue[MANY];
    (void)unused;
    for (enum wire_strategy s = WIRE_STRATEGY_RANDOM; s <= WIRE_STRATEGY_MIXED; s++) {
        bool had[MANY + 1] = {false};
        unsigned left = MANY;
        if (s == WIRE_STRATEGY_DFS) continue;
        for (unsigned i = 0; i < MANY; i++) queue[i] = i + 1;
        begin(s, 3, 2, 10000);
        for (unsigned turns = 0; left && turns < 20 * MANY; turns++) {
            uint64_t id = take_turn(queue, MANY);
            left -= !had[id];
            had[id] = true;
            strategy_gave_way();
        }
        assert_int_equal(left, 0);
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
        cmocka_unit_test(test_surw_meets_each_order_as_often),
        cmocka_unit_test(test_surw_of_three),
        cmocka_unit_test(test_surw_with_wrong_counts),
        cmocka_unit_test(test_surw_selects),
        cmocka_unit_test(test_steering_puts_aside),
        cmocka_unit_test(test_random_takes_all),
        cmocka_unit_test(test_many_that_spin_fall),
        cmocka_unit_test(test_a_long_queue_goes_on),
        cmocka_unit_test(test_same_seed_same_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
