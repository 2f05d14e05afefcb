/* Random traces against an oracle that keeps everything.
 *
 * The oracle has a full vector clock per task, counts every access as an event of its own, and remembers all accesses.
 * For each access and byte it knows all earlier ones that race with it. Demanded of the engine, byte by byte:
 *   - what it reports is a race (no false alarm), always;
 *   - where a byte that has not raced before races now, it names one of the accesses that this byte races with.
 * Usage: test_oracle [traces [first seed]]. */
#include "engine_test.h"
#include "detector/world.h"

enum { TASKS_MAX = 48, OPS_MAX = 400, SYNCS = 6, BYTES = 56 };
#define BASE ((uintptr_t)0x7f1234567ff0)   /* crosses a page after 16 bytes */
#define OTHERS ((uintptr_t)0x7f2345670000) /* where nothing races */
#define PC(i) ((uintptr_t)0x400000 + (uintptr_t)(i))

struct op {
    unsigned task, from, n, kind;
    unsigned event;
};

static struct {
    struct op ops[OPS_MAX];
    unsigned op_count;
    unsigned clock[TASKS_MAX][TASKS_MAX], sync_clock[SYNCS][TASKS_MAX];
    unsigned seen[OPS_MAX][TASKS_MAX]; /* an op's clock */
    struct det_task *task[TASKS_MAX];
    unsigned tasks, live[TASKS_MAX], live_count;
    struct det_sync *sync[SYNCS];
    bool dirty[BYTES];
} o;

static unsigned long long random_state;
static unsigned pick(unsigned n) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % n;
}

static void join(unsigned *to, const unsigned *from) {
    for (unsigned i = 0; i < TASKS_MAX; i++)
        if (from[i] > to[i]) to[i] = from[i];
}

static bool is_race(unsigned a, unsigned b) { /* a before b in the trace */
    const struct op *x = &o.ops[a], *y = &o.ops[b];

    if (!((x->kind | y->kind) & DET_WRITE) || (x->kind & y->kind & DET_ATOMIC)) return false;
    return o.seen[b][x->task] < x->event;
}

static bool has_byte(const struct op *x, unsigned b) { return b >= x->from && b < x->from + x->n; }

static void do_access(unsigned long long seed) {
    static const unsigned sizes[] = {1, 1, 2, 4, 4, 4, 8, 8, 8, 16, 3, 7, 24, 40};
    unsigned i = o.op_count++, before = found_count;
    struct op *x = &o.ops[i];

    x->task = o.live[pick(o.live_count)];
    x->n = sizes[pick(array_length(sizes))];
    x->from = pick(BYTES - x->n + 1);
    if (pick(4) && x->n <= 8) x->from &= ~(x->n - 1);
    x->kind = (pick(3) ? DET_READ : DET_WRITE) | (x->n <= 8 && !pick(4) ? DET_ATOMIC : 0);
    x->event = ++o.clock[x->task][x->task];
    memcpy(o.seen[i], o.clock[x->task], sizeof o.seen[i]);
    if (pick(2))
        det_access(o.task[x->task], OTHERS + 8 * i, 8, DET_WRITE, PC(i)); /* its site is known then (access_plain.c) */
    if (x->n > 16 || x->kind & DET_ATOMIC || x->n == 3 || x->n == 7)
        det_range(o.task[x->task], BASE + x->from, x->n, x->kind, PC(i));
    else if (x->kind & DET_WRITE) wr(o.task[x->task], BASE + x->from, x->n, PC(i));
    else rd(o.task[x->task], BASE + x->from, x->n, PC(i));

    for (unsigned f = before; f < found_count; f++) {
        unsigned then = (unsigned)(found[f].then - PC(0));

        if (found[f].now != PC(i) || then >= i || !is_race(then, i) ||
            found[f].then_address + found[f].then_size <= BASE + x->from)
            fail_msg("seed %llu: op %u: false alarm against op %u", seed, i, then);
        assert_string_equal(found[f].code, (o.ops[then].kind ^ x->kind) & DET_ATOMIC ? "GR002" : "GR001");
    }
    for (unsigned b = x->from; b < x->from + x->n; b++) {
        bool racy = false, named = false;

        for (unsigned k = 0; k < i; k++) racy |= has_byte(&o.ops[k], b) && is_race(k, i);
        for (unsigned f = before; f < found_count; f++) named |= has_byte(&o.ops[found[f].then - PC(0)], b);
        if (racy && !o.dirty[b] && !named) fail_msg("seed %llu: op %u: race on byte %u missed", seed, i, b);
        o.dirty[b] |= racy;
    }
}

static void do_sync(void) {
    unsigned t = o.live[pick(o.live_count)], s = pick(SYNCS), u = o.live[pick(o.live_count)];
    unsigned was[TASKS_MAX];

    switch (pick(5)) {
    case 0:
        det_acquire(o.task[t], o.sync[s]);
        join(o.clock[t], o.sync_clock[s]);
        break;
    case 1:
        det_release(o.task[t], o.sync[s]);
        memcpy(o.sync_clock[s], o.clock[t], sizeof was);
        break;
    case 2:
        det_merge(o.task[t], o.sync[s]);
        join(o.sync_clock[s], o.clock[t]);
        break;
    case 3:
        det_exchange(o.task[t], o.sync[s]);
        memcpy(was, o.clock[t], sizeof was);
        join(o.clock[t], o.sync_clock[s]);
        memcpy(o.sync_clock[s], was, sizeof was);
        break;
    default:
        if (t == u) break;
        det_rendezvous(o.task[t], o.task[u]);
        join(o.clock[t], o.clock[u]);
        join(o.clock[u], o.clock[t]);
    }
}

static void do_spawn(void) {
    unsigned parent = o.live[pick(o.live_count)], t = o.tasks;

    if (t == TASKS_MAX) return;
    o.task[t] = child_of(o.task[parent], t + 1);
    memcpy(o.clock[t], o.clock[parent], sizeof o.clock[t]);
    o.live[o.live_count++] = o.tasks++;
}

static void do_end(void) {
    unsigned at = pick(o.live_count);

    if (o.live_count < 3) return;
    det_task_end(o.task[o.live[at]]);
    o.live[at] = o.live[--o.live_count];
}

static void run_trace(unsigned long long seed) {
    unsigned length, sync_share, spread;

    memset(&o, 0, sizeof o);
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    engine_start_as((enum engine_mode)(seed % 3), 0);
    for (unsigned i = 0; i < SYNCS; i++) o.sync[i] = det_sync_new();
    o.task[0] = main_task();
    o.tasks = o.live_count = 1;
    length = 20 + pick(OPS_MAX - 20);
    sync_share = 1 + pick(6);
    spread = 2 + pick(20);
    while (o.tasks < spread) do_spawn();
    while (o.op_count < length) {
        unsigned what = pick(100);

        if (what < sync_share * 12) do_sync();
        else if (what < 90) do_access(seed);
        else if (what < 93) do_spawn();
        else if (what < 95) do_end();
        else if (what == 95) gate_set(GATE_WANTED);
        else if (what == 96) det_check();
    }
    det_check();
    assert_null(degraded_text);
    det_fini();
}

static int traces = 1000;
static unsigned long long first_seed = 1;

static void the_engine_agrees_with_full_happens_before(void **state) {
    (void)state;
    print_message("seeds %llu to %llu\n", first_seed, first_seed + (unsigned)traces - 1);
    for (int i = 0; i < traces; i++) run_trace(first_seed + (unsigned)i);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_engine_agrees_with_full_happens_before)};

    if (argc > 1) traces = atoi(argv[1]);
    if (argc > 2) first_seed = strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
