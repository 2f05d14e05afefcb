/* The engine's clocks against the definition: random programs of every edge, run by the engine and by a model that
 * keeps full vectors and joins them entry by entry. After each step the acting tasks must know exactly the accesses
 * that the model says are ordered before them.
 *
 * The seed is printed; a seed as argument runs that one alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "detector/detector.h"
#include "detector/slot.h"
#include "detector/sync.h"
#include "detector/task.h"
#include "detector/access.h"

/* -- the model --------------------------------------------------------------------------------------------------- */

enum { SYNCS = 8, ACCESSES = 400 };

struct model_task {
    struct det_task *real; /* NULL: ended */
    uint32_t *clock;       /* by model task */
    uint32_t epoch;        /* of its own */
};
struct model_sync {
    struct det_sync *real;
    uint32_t *clock;
};
struct access { /* "this task did something in this epoch" */
    uint32_t task, epoch;
    uint64_t stamp;
};

static struct model {
    uint32_t tasks_max, tasks, alive;
    struct model_task *task;
    struct model_sync sync[SYNCS];
    struct access access[ACCESSES];
    uint32_t accesses; /* ever made; the last ACCESSES are kept */
    uint64_t random;
    bool sound_only; /* slots have run out: nothing that is ordered may be unknown, the rest is free */
} m;

static uint32_t random_below(uint32_t n) {
    m.random ^= m.random << 13;
    m.random ^= m.random >> 7;
    m.random ^= m.random << 17;
    return (uint32_t)((m.random >> 16) % n);
}

static uint32_t *new_vector(void) { return calloc(m.tasks_max, sizeof(uint32_t)); }

static void join_vectors(uint32_t *to, const uint32_t *from) {
    for (uint32_t i = 0; i < m.tasks; i++)
        if (to[i] < from[i]) to[i] = from[i];
}
static void copy_vector(uint32_t *to, const uint32_t *from) { memcpy(to, from, m.tasks_max * sizeof *to); }

static void advance(uint32_t t) { m.task[t].clock[t] = ++m.task[t].epoch; }

static uint32_t add_task(int parent) {
    uint32_t n = m.tasks++;
    struct model_task *t = &m.task[n];
    t->clock = new_vector();
    t->real = det_task_new(parent < 0 ? NULL : m.task[parent].real, parent < 0 ? DET_MAIN : DET_GOROUTINE, n + 1, 0x1000 + n, 0);
    if (parent >= 0) {
        copy_vector(t->clock, m.task[parent].clock);
        advance((uint32_t)parent);
    }
    t->epoch = t->clock[n] = 1;
    m.alive++;
    return n;
}

static void end_task(uint32_t n) {
    det_task_end(m.task[n].real);
    m.task[n].real = NULL;
    m.alive--;
}

static uint32_t pick_task(void) {
    uint32_t n = random_below(m.tasks);
    while (!m.task[n].real) n = (n + 1) % m.tasks;
    return n;
}

/* -- the comparison ------------------------------------------------------------------------------------------------- */

static void check_access(uint32_t t, const struct access *a) {
    const struct det_task *real = m.task[t].real;
    bool known = task_knows(real, a->stamp), ordered = m.task[t].clock[a->task] >= a->epoch;
    if (known == ordered || (m.sound_only && known)) return;
    fail_msg("task %u: access of task %u in epoch %u (stamp %u:%u) is %s, the engine says %s", t, a->task, a->epoch,
             stamp_slot(a->stamp), stamp_epoch(a->stamp), ordered ? "ordered" : "not ordered", known ? "known" : "unknown");
}

static void check_owner(const struct access *a) {
    const struct task_record *r = task_of_stamp(a->stamp);
    assert_non_null(r);
    if (r->id != a->task + 1 || r->entry != 0x1000 + a->task) fail_msg("a stamp's owner has changed");
    assert_ptr_equal(r->task, m.task[a->task].real);
}

static uint32_t kept_accesses(void) { return m.accesses < ACCESSES ? m.accesses : ACCESSES; }

static void check_task(uint32_t t, uint32_t samples) {
    uint32_t kept = kept_accesses();
    if (!kept || !m.task[t].real) return;
    for (uint32_t i = 0; i < samples; i++) check_access(t, &m.access[samples >= kept ? i % kept : random_below(kept)]);
}

static void check_all(void) {
    det_check();
    for (uint32_t t = 0; t < m.tasks; t++) check_task(t, kept_accesses());
    for (uint32_t i = 0; i < kept_accesses(); i++) check_owner(&m.access[i]);
    for (uint32_t i = 0; i < SYNCS; i++)
        if (m.sync[i].real) board_check(&m.sync[i].real->board);
}

/* -- steps ---------------------------------------------------------------------------------------------------------- */

static void make_access(uint32_t t) {
    struct det_task *real = m.task[t].real;
    if (real->slot == SLOT_NONE) return;
    real->touched = real->stamp;
    m.access[m.accesses++ % ACCESSES] = (struct access){.task = t, .epoch = m.task[t].epoch, .stamp = real->stamp};
}

static struct model_sync *pick_sync(void) {
    struct model_sync *s = &m.sync[random_below(SYNCS)];
    if (!s->real) {
        s->real = det_sync_new();
        s->clock = new_vector();
    }
    return s;
}

static void free_sync(void) {
    struct model_sync *s = pick_sync();
    det_sync_free(s->real);
    free(s->clock);
    *s = (struct model_sync){0};
}

static void acquire(uint32_t t, struct model_sync *s) {
    det_acquire(m.task[t].real, s->real);
    join_vectors(m.task[t].clock, s->clock);
}
static void release(uint32_t t, struct model_sync *s) {
    det_release(m.task[t].real, s->real);
    copy_vector(s->clock, m.task[t].clock);
    advance(t);
}
static void merge(uint32_t t, struct model_sync *s) {
    det_merge(m.task[t].real, s->real);
    join_vectors(s->clock, m.task[t].clock);
    advance(t);
}
static void exchange(uint32_t t, struct model_sync *s) {
    det_exchange(m.task[t].real, s->real);
    uint32_t *was = new_vector();
    copy_vector(was, m.task[t].clock);
    join_vectors(m.task[t].clock, s->clock);
    free(s->clock);
    s->clock = was;
    advance(t);
}
static void meet(uint32_t a, uint32_t b) {
    det_rendezvous(m.task[a].real, m.task[b].real);
    join_vectors(m.task[a].clock, m.task[b].clock);
    join_vectors(m.task[b].clock, m.task[a].clock);
    advance(a);
    advance(b);
}

/* A mutex, a WaitGroup: the sequences that the dominance tests are made for. */
static void handed_round(uint32_t t, struct model_sync *s) {
    acquire(t, s);
    if (random_below(2)) make_access(t);
    merge(t, s);
}

struct weights {
    const char *name;
    uint32_t first, most;  /* tasks alive at the start, at most */
    uint32_t steps, births; /* births: tasks ever */
    uint32_t sequences;
    uint32_t slots, epochs; /* limits; 0: the real ones */
    size_t memory;          /* limit in bytes; 0: none */
    bool pipeline;          /* most steps are meetings of neighbours */
};

/* The task and the next one that is alive, again and again: what meeting.c remembers. */
static void meet_next(uint32_t t) {
    uint32_t next = t + 1;
    while (next < m.tasks && !m.task[next].real) next++;
    if (next == m.tasks) return;
    if (random_below(2)) meet(t, next);
    else meet(next, t);
    check_task(next, 16);
}

static void step(const struct weights *w) {
    uint32_t t = pick_task(), other;
    if (w->pipeline && random_below(16) < 12) {
        meet_next(t);
        check_task(t, 32);
        return;
    }
    switch (random_below(16)) {
    case 0:
        if (m.tasks < w->births && m.alive < w->most) {
            other = add_task((int)t);
            check_task(other, 16);
        }
        break;
    case 1:
        if (m.alive > 1 && m.alive > w->first / 2) end_task(t);
        break;
    case 2: case 3: case 4: acquire(t, pick_sync()); break;
    case 5: release(t, pick_sync()); break;
    case 6: case 7: merge(t, pick_sync()); break;
    case 8: exchange(t, pick_sync()); break;
    case 9:
        other = pick_task();
        if (other != t) meet(t, other), check_task(other, 16);
        break;
    case 10: case 11: case 12: handed_round(t, pick_sync()); break;
    case 13:
        if (random_below(8) == 0) free_sync();
        break;
    default: make_access(t); break;
    }
    check_task(t, 32);
}

static void note_degraded(const char *what, void *arg) {
    (void)arg;
    assert_true(strlen(what) > 0);
    m.sound_only = true;
}

static void run_sequence(const struct weights *w, uint64_t seed) {
    m = (struct model){.tasks_max = w->births, .random = seed * 0x9e3779b97f4a7c15u + 1};
    m.task = calloc(w->births, sizeof *m.task);
    slot_limits(w->slots, w->epochs);
    det_init(&(struct det_config){.single = seed % 2 == 0, .degraded = note_degraded, .memory_limit_bytes = w->memory});
    add_task(-1);
    while (m.tasks < w->first) add_task(random_below(3) ? 0 : (int)pick_task());
    for (uint32_t i = 0; i < w->steps; i++) {
        step(w);
        if (i % (w->steps / 4) == 0) check_all();
    }
    check_all();
    for (uint32_t i = 0; i < m.tasks; i++) {
        if (m.task[i].real) end_task(i);
        free(m.task[i].clock);
    }
    for (uint32_t i = 0; i < SYNCS; i++)
        if (m.sync[i].real) det_sync_free(m.sync[i].real), free(m.sync[i].clock);
    free(m.task);
    det_check();
    det_set_single(true);
    if (seed % 2 == 0 && clock_nodes_alive() != 0) fail_msg("clock nodes are left over");
    det_fini();
    slot_limits(0, 0);
}

/* -- tests ------------------------------------------------------------------------------------------------------------ */

static uint64_t only_seed, sequences_factor = 1;

static void run_all(const struct weights *w) {
    if (only_seed) {
        run_sequence(w, only_seed);
        return;
    }
    for (uint64_t seed = 1; seed <= w->sequences * sequences_factor; seed++) {
        char text[80];
        snprintf(text, sizeof text, "%s, seed %llu", w->name, (unsigned long long)seed);
        setenv("GORO_TEST_SEED_NOW", text, 1); /* shown by a debugger or a core; printed below on failure */
        run_sequence(w, seed);
    }
    print_message("%s: seeds 1 to %llu\n", w->name, (unsigned long long)(w->sequences * sequences_factor));
}

static void one_leaf_of_slots(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "at most 16 slots", .first = 4, .most = 12, .steps = 400, .births = 60, .sequences = 1500});
}
static void two_levels(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "more than 16", .first = 20, .most = 60, .steps = 1200, .births = 200, .sequences = 400});
}
static void three_levels(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "more than 256", .first = 300, .most = 500, .steps = 4000, .births = 900, .sequences = 30});
}
static void four_levels(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "more than 4096", .first = 4500, .most = 4800, .steps = 4000, .births = 5500, .sequences = 4});
}
static void epochs_run_out(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "epochs up to 5", .first = 6, .most = 20, .steps = 600, .births = 100, .sequences = 400, .epochs = 5});
}
static void slots_run_out(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "7 slots", .first = 6, .most = 14, .steps = 600, .births = 100, .sequences = 400, .slots = 7});
}
static void pipeline(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "a pipeline of 40", .first = 30, .most = 40, .steps = 3000, .births = 60, .sequences = 60, .pipeline = true});
    run_all(&(struct weights){.name = "a pipeline of 400", .first = 300, .most = 400, .steps = 8000, .births = 500, .sequences = 12, .pipeline = true});
    run_all(&(struct weights){.name = "a pipeline of 20 in 30 slots of 9 epochs", .first = 18, .most = 20, .steps = 600, .births = 100, .sequences = 100, .slots = 30, .epochs = 9, .pipeline = true});
    run_all(&(struct weights){.name = "a pipeline in 1 MiB", .first = 100, .most = 200, .steps = 4000, .births = 300, .sequences = 20, .memory = 1 << 20, .pipeline = true});
}
static void memory_runs_out(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "512 KiB", .first = 300, .most = 500, .steps = 4000, .births = 900, .sequences = 30, .memory = 512 << 10});
}
static void memory_runs_out_at_once(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "256 KiB", .first = 10, .most = 40, .steps = 600, .births = 100, .sequences = 100, .memory = 256 << 10});
}
static void memory_runs_out_soon(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "2 MiB", .first = 300, .most = 500, .steps = 4000, .births = 900, .sequences = 30, .memory = 2 << 20});
}
static void slots_and_epochs_run_out(void **state) {
    (void)state;
    run_all(&(struct weights){.name = "30 slots of 9 epochs", .first = 6, .most = 14, .steps = 600, .births = 100, .sequences = 400, .slots = 30, .epochs = 9});
}

int main(int argc, char **argv) {
    if (argc > 1) only_seed = strtoull(argv[1], NULL, 0);
    const char *factor = getenv("GORO_TEST_SEQUENCES"); /* how many times the usual number */
    if (factor) sequences_factor = strtoull(factor, NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_leaf_of_slots), cmocka_unit_test(two_levels),    cmocka_unit_test(three_levels),
        cmocka_unit_test(four_levels),       cmocka_unit_test(epochs_run_out), cmocka_unit_test(slots_run_out),
        cmocka_unit_test(slots_and_epochs_run_out), cmocka_unit_test(memory_runs_out), cmocka_unit_test(memory_runs_out_at_once),
        cmocka_unit_test(memory_runs_out_soon), cmocka_unit_test(pipeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
