/* Drives to races that the order of critical sections hides (the engine's detector/reorder.c says which pairs are candidates).
 *
 * Whoever is about to make one of the two accesses is put aside, until the other one is about to make the other; and so is
 * who is about to take a lock that is held at one of them, since the other goroutine may need that lock on its way (Sen,
 * Race directed random testing of concurrent programs, PLDI 2008). Then the detector finds the race as any other.
 *
 * Always true
 *  1. What is called confirmed was found by an ordinary run, and a run that follows its decisions finds it, too. What is not, is
 *     predicted if the engine has decided that the run can be reordered so (detector/preserve.c); else it is not told.
 *  2. As many runs in all as schedules were explored, or at least RUNS_MIN and at most RUNS_MAX, for PAIRS_MAX pairs:
 *     numbers, not times, but where a time was given. What was given up for that is said. */
#include "reports/reorder.h"
#include "reports/confirm.h"
#include "reports/memory.h"
#include "reports/options.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_MIN = 64, RUNS_MAX = 600, PAIRS_MAX = 32, TRIES_MIN = 4, TRIES_MAX = 32, PLACES_MAX = 2 + 2 * FINDING_LOCKS_MAX };

struct pair {
    char id[12];
    uint64_t places[PLACES_MAX]; /* the accesses first */
    size_t place_count;
    struct model_finding
        *predicted; /* the run can be reordered so that it comes about; NULL: not that we knew. Owned */
};

static struct {
    struct pair pairs[PAIRS_MAX];
    size_t count;
    bool probed, too_many;
    const struct pair *driven;
} self;

/* Why, once. */
static void give_up_some(const char *why) {
    static bool said;

    if (!said) complain("%s: some races that another order of locks would show may be missed", why);
    said = true;
}

/* -- looking ------------------------------------------------------------------------------------------------------- */

static bool is_race(const struct model_finding *f) {
    return (!strcmp(f->code, "GR001") || !strcmp(f->code, "GR002")) && f->access_count == 2 &&
           f->accesses[0].stack.count && f->accesses[1].stack.count;
}

static uint64_t pc_of(const struct model_access *a) { return a->stack.frames[0].pc; }

static bool is_of(const struct model_finding *f, const struct pair *p) {
    uint64_t a = pc_of(&f->accesses[0]) | WIRE_PLACE_RACE, b = pc_of(&f->accesses[1]) | WIRE_PLACE_RACE;

    return (a == p->places[0] && b == p->places[1]) || (a == p->places[1] && b == p->places[0]);
}

static void add_place(struct pair *p, uint64_t pc) { p->places[p->place_count++] = pc | WIRE_PLACE_RACE; }

static struct pair *find_pair(const struct model_finding *f) {
    for (size_t i = 0; i < self.count; i++)
        if (is_of(f, &self.pairs[i])) return &self.pairs[i];
    return NULL;
}

static struct pair *add(const struct model_finding *f) {
    struct pair *p = find_pair(f);

    if (p) return p;
    if (self.count == PAIRS_MAX) {
        self.too_many = true;
        return NULL;
    }
    p = &self.pairs[self.count++];
    memcpy(p->id, f->id, sizeof p->id);
    for (size_t i = 0; i < 2; i++) add_place(p, pc_of(&f->accesses[i]));
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < f->accesses[i].lock_count && p->place_count < PLACES_MAX; k++)
            if (f->accesses[i].locks[k].taken.count) add_place(p, f->accesses[i].locks[k].taken.frames[0].pc);
    return p;
}

static void take_candidate(void *arg, struct process *process, unsigned type, struct wire_reader payload) {
    bool *keeps = arg;
    struct model_finding *f;
    struct pair *p = NULL;

    if (type == WIRE_DEGRADED) give_up_some("there are too many accesses, or too much memory of them");
    if (type != WIRE_FINDING || !(f = model_read(process, payload))) return;
    if (is_race(f) && f->predicted && !report_knows(f->id)) p = add(f);
    if (!p || p->predicted || !f->reorderable) {
        model_free(f);
        return;
    }
    p->predicted = f;
    *keeps = true;
}

static void look_at(struct rerun *r, const struct wire_schedule *asked) {
    bool keeps = false;
    struct wire_input *in = memory_new(sizeof *in);
    struct schedule records = {0};

    *in = (struct wire_input){.record = take_candidate, .arg = &keeps};

    if (!rerun_schedule(r, asked, NULL, NULL, &records) && !r->stopped())
        give_up_some("a run that looks for them took too long");
    if (records.says_something) schedule_read(&records, in);
    schedule_drop(&records);
    if (keeps) return; /* what is kept refers to its processes */
    wire_input_free(in);
    free(in);
}

int reorder_runs(uint64_t n) {
    return n < RUNS_MIN ? RUNS_MIN : n > RUNS_MAX ? RUNS_MAX : (int)n;
}

void reorder_look(struct rerun *r, uint64_t seed, uint64_t steps) {
    struct wire_schedule s = {.seed = seed, .steps = steps, .flags = WIRE_SCHEDULE_REORDER};

    s.strategy = WIRE_STRATEGY_PROBE;
    if (!self.probed) look_at(r, &s);
    self.probed = true;
    s.strategy = WIRE_STRATEGY_MIXED;
    look_at(r, &s);
}

/* -- driving ------------------------------------------------------------------------------------------------------- */

struct dfs_order reorder_order(void) {
    return (struct dfs_order){.sleep = self.driven->places, .sleep_count = self.driven->place_count};
}

void reorder_confirm(struct model_finding *f) {
    if (is_race(f) && is_of(f, self.driven)) confirm_set(f, false);
}

static void look_for_it(void *arg, struct process *process, unsigned type, struct wire_reader payload) {
    bool *shown = arg;
    struct model_finding *f;

    if (type != WIRE_FINDING || !(f = model_read(process, payload))) return;
    *shown |= is_race(f) && is_of(f, self.driven);
    model_free(f);
}

static bool shows_it(struct rerun *r, const struct wire_schedule *asked, const struct decisions *d,
                     struct schedule *records) {
    struct dfs_order order = reorder_order();
    bool shown = false;
    struct wire_input in = {.record = look_for_it, .arg = &shown};

    rerun_schedule(r, asked, d, &order, records);
    if (records->says_something) schedule_read(records, &in);
    wire_input_free(&in);
    return shown;
}

/* Those of the last run; false if there were too many, or they do not bring the race back. */
static bool decisions_show_it(struct rerun *r, struct wire_schedule asked) {
    static struct decisions d;
    struct schedule records = {0};
    bool shown;

    if (r->notes.overflow) return false;
    d.count = 0;
    for (uint32_t i = 0; i < r->notes.count; i++)
        if (r->notes.list[i].done == WIRE_DECISION_DONE) d.list[d.count++] = r->notes.list[i];
    asked.flags = WIRE_SCHEDULE_FOLLOW;
    shown = shows_it(r, &asked, &d, &records);
    schedule_drop(&records);
    return shown;
}

static bool drive_once(struct rerun *r, uint64_t seed) {
    struct wire_schedule asked = {.seed = seed, .strategy = WIRE_STRATEGY_STEER, .flags = WIRE_SCHEDULE_NOTE};
    struct schedule records = {0};
    bool proved = shows_it(r, &asked, NULL, &records) && decisions_show_it(r, asked);

    if (proved) {
        asked.flags = 0;
        records.asked = asked;
        schedule_report(&records);
    }
    schedule_drop(&records);
    return proved;
}

static void drive_to(struct rerun *r, const struct pair *p, size_t pairs_left) {
    int tries = r->left / (int)pairs_left;

    self.driven = p;
    if (tries > TRIES_MAX) tries = TRIES_MAX;
    if (tries < TRIES_MIN) tries = TRIES_MIN;
    for (int seed = 1; seed <= tries && r->left > 0 && !r->stopped(); seed++)
        if (drive_once(r, (uint64_t)seed)) return;
}

/* No schedule has shown it. */
static void tell_predicted(struct pair *p) {
    if (p->predicted && !report_knows(p->predicted->id)) report_finding(p->predicted);
    else if (p->predicted) model_free(p->predicted);
    p->predicted = NULL;
}

void reorder_drive(struct rerun *r) {
    size_t i = 0;

    for (; i < self.count && r->left > 0 && !r->stopped(); i++)
        if (!report_knows(self.pairs[i].id)) drive_to(r, &self.pairs[i], self.count - i);
    if (self.too_many || (i < self.count && !r->stopped()))
        give_up_some("there are many pairs of accesses that only locks order");
    self.driven = NULL;
    for (i = 0; i < self.count; i++) tell_predicted(&self.pairs[i]);
}
