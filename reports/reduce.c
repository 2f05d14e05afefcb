/* Delta debugging of a schedule's decisions: Zeller and Hildebrandt, Simplifying and isolating failure-inducing input (IEEE
 * Transactions on Software Engineering 28(2), 2002), algorithm ddmin.
 *
 * The schedule is run again to note its decisions (it is the same, being drawn from its seed), then with the list in place of
 * the strategy, then with less and less of the list, as long as the finding, told by its id, is there. Those decisions
 * that did not come to pass are tried to be left out next.
 *
 * Always true
 *  1. What is told is what a run of the reduced schedule did, and that run showed the finding.
 *  2. A few hundred runs for a finding, for FINDINGS_MAX findings and those that were driven to: numbers, not times, so that the report is the same each
 *     time. */
#include "reports/reduce.h"
#include "reports/confirm.h"
#include "reports/report.h"
#include "reports/rerun.h"
#include "reports/schedule_text.h"
#include "reports/story.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 400, FINDINGS_MAX = 16 };

static struct {
    const struct explore *e;
    unsigned findings;
} self;

/* -- running one ------------------------------------------------------------------------------------------------------- */

/* What a run is looked through for. */
struct look {
    const char *id;
    const struct model_finding
        *predicted; /* any that proves it, whose id then goes to proof; NULL: the one of that id */
    char proof[12];
    bool found;
    struct story_events *events; /* up to the finding; NULL: not wanted */
};

/* One finding's search. */
struct search {
    struct rerun rerun;
    const char *id;
    const struct model_finding *predicted;
    struct wire_schedule asked;
    struct dfs_order order; /* that was asked for, of a systematic search; of a steered one, of surw */
    struct look look;
};

static void look_record(void *arg, struct process *p, unsigned type, struct wire_reader payload) {
    struct look *look = arg;
    struct model_finding *f;

    if (look->found) return;
    if (type == WIRE_EVENTS && look->events) story_take(look->events, p, payload);
    if (type != WIRE_FINDING || !(f = model_read(p, payload))) return;
    look->found = look->predicted ? confirm_proves(f, look->predicted) : !strcmp(f->id, look->id);
    memcpy(look->proof, f->id, sizeof look->proof);
    model_free(f);
}

/* Runs the schedule with these flags and decisions; true if it shows the finding. The events, if they are wanted, are of a
 * process of `in`, which is to be freed. */
static bool run_one(struct search *s, uint32_t flags, const struct decisions *d, struct story_events *events,
                    struct wire_input *in) {
    struct wire_schedule asked = s->asked;
    struct schedule records = {0};

    s->look = (struct look){.id = s->id, .predicted = s->predicted, .events = events};
    *in = (struct wire_input){.record = look_record, .arg = &s->look};
    asked.flags = flags;
    rerun_schedule(&s->rerun, &asked, d, &s->order, &records);
    if (records.says_something) schedule_read(&records, in);
    schedule_drop(&records);
    return s->look.found;
}

static bool shows(struct search *s, uint32_t flags, const struct decisions *d) {
    struct wire_input in;
    bool found = run_one(s, flags, d, NULL, &in);

    wire_input_free(&in);
    return found;
}

/* -- ddmin ---------------------------------------------------------------------------------------------------------------- */

/* Only what came to pass in the last run. */
static void keep_done(const struct search *s, struct decisions *d) {
    d->count = 0;
    for (uint32_t i = 0; i < s->rerun.notes.count; i++)
        if (s->rerun.notes.list[i].done == WIRE_DECISION_DONE) d->list[d->count++] = s->rerun.notes.list[i];
}

static bool try_without(struct search *s, struct decisions *d, uint32_t from, uint32_t n) {
    static struct decisions rest;

    rest.count = d->count - n;
    memcpy(rest.list, d->list, from * sizeof *d->list);
    memcpy(rest.list + from, d->list + from + n, (d->count - from - n) * sizeof *d->list);
    if (!shows(s, WIRE_SCHEDULE_FOLLOW, &rest)) return false;
    *d = rest;
    keep_done(s, &rest);
    if (rest.count < d->count && shows(s, WIRE_SCHEDULE_FOLLOW, &rest)) *d = rest;
    return true;
}

/* One round at this granularity: true as soon as a part could be left out. */
static bool leave_out_a_part(struct search *s, struct decisions *d, uint32_t parts, bool last_first) {
    uint32_t size = (d->count + parts - 1) / parts;

    for (uint32_t done = 0; done < d->count; done += size) {
        uint32_t n = d->count - done < size ? d->count - done : size;
        if (try_without(s, d, last_first ? d->count - done - n : done, n)) return true;
    }
    return false;
}

static void minimise(struct search *s, struct decisions *d, bool last_first) {
    uint32_t parts = 2;

    while (d->count > 1 && s->rerun.left > 1 && !s->rerun.stopped()) {
        if (leave_out_a_part(s, d, parts, last_first)) parts = parts > 3 ? parts - 1 : 2;
        else if (parts >= d->count) return;
        else parts = 2 * parts < d->count ? 2 * parts : d->count;
    }
}

/* What ddmin ends with is the least of its neighbourhood only, and hangs on the order in which parts are tried: from both
 * ends, and the shorter one counts. */
static void minimise_from_both_ends(struct search *s, struct decisions *d) {
    static struct decisions other;

    if (!d->count || try_without(s, d, 0, d->count)) return;
    other = *d;
    s->rerun.left = RUNS_MAX / 2;
    minimise(s, d, false);
    s->rerun.left = RUNS_MAX / 2;
    minimise(s, &other, true);
    if (other.count < d->count) *d = other;
}

/* Schedules with one or two preemptions, by pct, may show it, too, and lead to a shorter list than one with many. */
static void look_for_a_shorter_one(struct search *s, struct decisions *d) {
    enum { TRIED = 64, SHORT_ENOUGH = 2 };
    static struct decisions other;
    struct wire_schedule best = s->asked;

    if (d->count <= SHORT_ENOUGH) return;
    for (unsigned i = 1; i <= TRIED && d->count > 1 && !s->rerun.stopped(); i++) {
        s->asked.seed++;
        s->asked.strategy = WIRE_STRATEGY_PCT;
        s->asked.depth = i <= TRIED / 2 ? 2 : 3;
        s->rerun.left = RUNS_MAX / 4;
        if (!shows(s, WIRE_SCHEDULE_NOTE, NULL) || s->rerun.notes.overflow) continue;
        keep_done(s, &other);
        if (!shows(s, WIRE_SCHEDULE_FOLLOW, &other)) continue;
        minimise(s, &other, false);
        if (other.count >= d->count) continue;
        *d = other;
        best = s->asked;
    }
    s->asked = best;
}

/* -- the interface ------------------------------------------------------------------------------------------------------------ */

/* The decisions of the schedule that was found; false if they do not bring the finding back. */
static bool note_decisions(struct search *s, const struct wire_decision *given, struct decisions *d) {
    if (given) {
        d->count = s->asked.decisions;
        memcpy(d->list, given, d->count * sizeof *given);
        return true;
    }
    if (!shows(s, WIRE_SCHEDULE_NOTE, NULL) || s->rerun.notes.overflow) return false;
    keep_done(s, d);
    return shows(s, WIRE_SCHEDULE_FOLLOW, d);
}

static void describe(struct model_finding *f, const struct search *s, const struct decisions *d, uint32_t before,
                     struct story_events *events) {
    struct reduced *r = memory_new(sizeof *r);
    struct wire_schedule named = s->asked;
    struct text t = {0};

    r->before = before;
    r->decisions = d->count;
    for (uint32_t i = 0; i < d->count; i++) r->preemptions += d->list[i].kind == WIRE_DECISION_PREEMPT;
    text_put(&t, "goro-race --replay ");
    schedule_text_put(&t, &named, d);
    text_char(&t, ' ');
    options_put_program(&t, self.e->options);
    r->command = t.data;
    r->story = story_tell(events, f);
    f->reduced = r;
}

/* Looks for a schedule that proves the prediction, by steering; the search is then for what it shows. */
static bool prove(struct search *s, const struct model_finding *f) {
    enum { STEERED = 32 };
    static uint64_t sites[CONFIRM_SITES_MAX];
    static char proof[sizeof s->look.proof];
    bool proved = false;

    s->order = (struct dfs_order){.sleep = sites, .sleep_count = confirm_sites(f, sites)};
    s->predicted = f;
    for (unsigned i = 1; i <= STEERED && !proved && !s->rerun.stopped(); i++) {
        s->asked = (struct wire_schedule){.seed = i, .strategy = WIRE_STRATEGY_STEER};
        proved = shows(s, 0, NULL);
    }
    s->predicted = NULL;
    memcpy(proof, s->look.proof, sizeof proof);
    s->id = proof;
    return proved;
}

void reduce_finding(struct model_finding *f, const struct explore *e, const struct wire_schedule *asked,
                    const struct wire_decision *given, const struct marks *marks, struct dfs_order order,
                    bool (*stopped)(void)) {
    static struct decisions d;
    static struct search s;
    struct story_events events = {0};
    struct wire_input in;
    uint32_t before;

    if (f->severity != FINDING_ERROR || f->suppressed || f->known) return;
    if (asked->strategy != WIRE_STRATEGY_STEER && self.findings++ >= FINDINGS_MAX) return;
    self.e = e;
    s = (struct search){.rerun = {.e = e, .marks = marks, .stopped = stopped, .left = RUNS_MAX},
                        .id = f->id,
                        .asked = *asked,
                        .order = order};
    if (!given && confirm_can_drive(f)) {
        struct search steered = s;
        if (prove(&steered, f)) {
            s = steered;
            confirm_set(f, false);
        }
    }
    if (!note_decisions(&s, given, &d)) return;
    before = given ? 0 : d.count;
    if (!given) {
        minimise_from_both_ends(&s, &d);
        look_for_a_shorter_one(&s, &d);
    }
    s.rerun.left = 1;
    if (run_one(&s, WIRE_SCHEDULE_FOLLOW | WIRE_SCHEDULE_EVENTS, &d, &events, &in))
        describe(f, &s, &d, before, &events);
    story_forget(&events);
    wire_input_free(&in);
}

void reduced_free(struct reduced *r) {
    if (!r) return;
    story_free(r->story);
    free(r->command);
    free(r);
}
