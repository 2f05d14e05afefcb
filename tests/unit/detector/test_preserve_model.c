/* What detector/preserve.c allows, against all reorderings of small random runs: three goroutines, two locks, three variables. A
 * pair that is allowed must come side by side in some order of a part of the events in which each goroutine does what it did,
 * as every read finds the write that it found. (The reverse does not hold: locks need not keep their order, and writes count as
 * reads.) */
#include "engine_test.h"

enum { TASKS = 3, LOCKS = 2, VARIABLES = 3, MOST = 7, RUNS = 1500, PC = 0x10000, PC_STEP = 16, NOBODY = -1, NONE = 15 };
static _Alignas(4096) char memory[8192];

enum what { READ, WRITE, LOCK, UNLOCK };
struct operation {
    enum what what;
    int object;
    int saw; /* of a read: which event wrote that, NONE: nobody had */
};

static struct operation program[TASKS][MOST];
static int length[TASKS];
static uint64_t seed;

static unsigned draw(unsigned n) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static uintptr_t variable(int v) { return (uintptr_t)memory + 8 * (uintptr_t)v; }
static uintptr_t lock(int l) { return (uintptr_t)memory + 4096 + 64 * (uintptr_t)l; }
static int event_of(int task, int at) { return task * MOST + at; }

/* Locks are nested, and dropped at the end. */
static void make_program(int task) {
    int held[LOCKS], depth = 0, n = 0;
    bool has[LOCKS] = {false};

    while (n < MOST - LOCKS - 1) {
        unsigned kind = draw(6);
        int l = (int)draw(LOCKS);
        if (kind < 2) program[task][n++] = (struct operation){kind ? WRITE : READ, (int)draw(VARIABLES), NONE};
        else if (kind < 4 && !has[l] && n + depth + 2 < MOST) {
            program[task][n++] = (struct operation){LOCK, l, NONE};
            held[depth++] = l;
            has[l] = true;
        } else if (depth) {
            program[task][n++] = (struct operation){UNLOCK, held[--depth], NONE};
            has[held[depth]] = false;
        } else if (draw(4) == 0) break;
    }
    while (depth) program[task][n++] = (struct operation){UNLOCK, held[--depth], NONE};
    if (n < MOST && draw(2)) program[task][n++] = (struct operation){WRITE, (int)draw(VARIABLES), NONE};
    length[task] = n;
}

struct state {
    int at[TASKS], holder[LOCKS], wrote[VARIABLES];
};
static const struct state beginning = {{0}, {NOBODY, NOBODY}, {NONE, NONE, NONE}};

static bool can(const struct state *s, int task) {
    const struct operation *o = &program[task][s->at[task]];
    return s->at[task] < length[task] && !(o->what == LOCK && s->holder[o->object] != NOBODY);
}

static void make(struct state *s, int task) {
    const struct operation *o = &program[task][s->at[task]];
    if (o->what == LOCK) s->holder[o->object] = task;
    if (o->what == UNLOCK) s->holder[o->object] = NOBODY;
    if (o->what == WRITE) s->wrote[o->object] = event_of(task, s->at[task]);
    s->at[task]++;
}

/* -- the run, told to the engine ------------------------------------------------------------------------------------- */

static unsigned allowed_count;
static struct { int now, then; } allowed[256];

static void keep_allowed(const struct finding *f) {
    if (!f->reorderable || allowed_count == 256) return;
    allowed[allowed_count].now = (int)((f->accesses[0].stack.frames[0] - PC) / PC_STEP);
    allowed[allowed_count++].then = (int)((f->accesses[1].stack.frames[0] - PC) / PC_STEP);
}

static void run(void) {
    struct det_task *tasks[TASKS], *root;
    struct state s = beginning;

    engine_start(true, 0);
    det_reorder_begin(true);
    found_also = keep_allowed;
    allowed_count = 0;
    root = main_task();
    for (int i = 0; i < TASKS; i++) tasks[i] = child_of(root, (uint64_t)i + 2);
    for (;;) {
        int ready[TASKS], n = 0, task;
        for (int i = 0; i < TASKS; i++)
            if (can(&s, i)) ready[n++] = i;
        if (!n) break;
        task = ready[draw((unsigned)n)];
        for (int more = (int)draw(4); more >= 0 && can(&s, task); more--) {
            struct operation *o = &program[task][s.at[task]];
            uintptr_t pc = PC + PC_STEP * (uintptr_t)event_of(task, s.at[task]);
            if (o->what == READ) o->saw = s.wrote[o->object];
            if (o->what <= WRITE)
                det_range(tasks[task], variable(o->object), 4, o->what == WRITE ? DET_WRITE : DET_READ, pc);
            if (o->what == LOCK) det_lock_taken(tasks[task], FINDING_MUTEX, lock(o->object), 0, pc);
            if (o->what == UNLOCK) det_lock_dropped(tasks[task], lock(o->object), 0);
            make(&s, task);
        }
    }
    det_fini();
}

/* -- all reorderings --------------------------------------------------------------------------------------------------- */

enum { SEEN = 1 << 14 };
static uint64_t seen[SEEN];

static bool is_new(const struct state *s) {
    uint64_t key = 1;
    for (int i = 0; i < TASKS; i++) key = key << 4 | (uint64_t)s->at[i];
    for (int i = 0; i < VARIABLES; i++) key = key << 6 | (uint64_t)(s->wrote[i] == NONE ? 63 : s->wrote[i]);
    for (uint64_t i = key * UINT64_C(0x9e3779b97f4a7c15) >> 50;; i = (i + 1) % SEEN) {
        if (seen[i] == key) return false;
        if (seen[i]) continue;
        seen[i] = key;
        return true;
    }
}

static bool reaches(const struct state *s, int one, int other) {
    if (s->at[one / MOST] > one % MOST || s->at[other / MOST] > other % MOST || !is_new(s)) return false;
    if (s->at[one / MOST] == one % MOST && s->at[other / MOST] == other % MOST) return true;
    for (int i = 0; i < TASKS; i++) {
        const struct operation *o = &program[i][s->at[i]];
        struct state next = *s;
        if (!can(s, i) || (o->what == READ && o->saw != s->wrote[o->object])) continue;
        make(&next, i);
        if (reaches(&next, one, other)) return true;
    }
    return false;
}

static void what_is_allowed_can_be(void **unused) {
    unsigned pairs = 0, runs = 0;

    (void)unused;
    for (uint64_t i = 1; i <= RUNS; i++) {
        seed = i;
        for (int task = 0; task < TASKS; task++) make_program(task);
        run();
        runs += allowed_count > 0;
        for (unsigned k = 0; k < allowed_count; k++, pairs++) {
            memset(seen, 0, sizeof seen);
            if (reaches(&beginning, allowed[k].now, allowed[k].then)) continue;
            fail_msg("seed %d: events %d and %d cannot come side by side", (int)i, allowed[k].now, allowed[k].then);
        }
    }
    print_message("%u pairs were allowed in %u of %d runs\n", pairs, runs, RUNS);
    assert_true(pairs > RUNS / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_allowed_can_be)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
