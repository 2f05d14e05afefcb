/* Each schedule twice: twice.h.
 *
 * Always true
 *  1. A schedule is reported when both of its runs have ended. Who waits for the second one is in the list, in the order in
 *     which the first ones ended.
 *  2. Of two runs what they did is compared (a hash, instrument/footprint.h), their standard output, how they ended, and the
 *     findings in their stable form, in any order: processes that a program forks send when they like.
 *  3. A run that was ended for the time it took, or lost with its worker, shows nothing either way: such schedules are counted
 *     apart. */
#include "reports/twice.h"
#include "reports/determinism.h"
#include "reports/difference.h"
#include "reports/report.h"
#include "reports/rerun.h"
#include "reports/writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct waiting {
        struct waiting *next;
        struct schedule *s;
        unsigned worker; /* that has run it */
    } * first, **last;
    uint64_t compared, left_out;
    struct pair_told {
        bool differs, did; /* did: in what they did */
        struct wire_schedule asked;
        struct dfs_order order; /* a copy */
        uint64_t number, events[2];
        int status[2];
        struct text output[2], findings[2];
    } told;
} self = {.last = &self.first};

/* -- waiting for the second run -------------------------------------------------------------------------------------- */

bool twice_takes(struct schedule *s, unsigned worker) {
    struct waiting *w;

    if (s->is_probe) return false;
    if (s->of) {
        schedule_done(s->of);
        return true;
    }
    w = memory_new(sizeof *w);
    *w = (struct waiting){.s = s, .worker = worker};
    *self.last = w;
    self.last = &w->next;
    return true;
}

static struct schedule *take(struct waiting **at) {
    struct waiting *w = *at;
    struct schedule *s = w->s;

    *at = w->next;
    if (!*at) self.last = at;
    free(w);
    return s;
}

struct schedule *twice_next(unsigned worker) {
    struct waiting **at = &self.first;

    while (*at) {
        bool useless = (*at)->s->unwanted || (*at)->s->hung || (*at)->s->lost;
        if (useless) schedule_done(take(at));
        else if ((*at)->worker == worker) at = &(*at)->next;
        else return schedule_new_again(take(at));
    }
    return NULL;
}

bool twice_waits(void) { return self.first != NULL; }
bool twice_differs(void) { return self.told.differs; }

/* -- comparing --------------------------------------------------------------------------------------------------------- */

struct collected {
    char **lines;
    size_t count, capacity;
};

static void collect(void *arg, struct process *process, unsigned type, struct wire_reader payload) {
    static const struct run run;
    struct collected *c = arg;
    struct model_finding *f;
    struct text line = {0};

    if (type != WIRE_FINDING || !(f = model_read(process, payload))) return;
    write_json(&line, f, &run);
    model_free(f);
    c->lines = memory_grow(c->lines, c->count, &c->capacity, sizeof *c->lines);
    c->lines[c->count++] = line.data;
}

static int compare_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static struct text findings_of(const struct schedule *s) {
    struct collected c = {0};
    struct wire_input in = {.record = collect, .arg = &c};
    bool stable = report_style.stable;
    struct text all = {0};

    report_style.stable = true;
    schedule_read(s, &in);
    report_style.stable = stable;
    wire_input_free(&in);
    if (c.count) qsort(c.lines, c.count, sizeof *c.lines, compare_lines);
    for (size_t i = 0; i < c.count; i++) {
        text_put(&all, c.lines[i]);
        free(c.lines[i]);
    }
    free(c.lines);
    return all;
}

static bool same_text(const struct text *a, const struct text *b) {
    return a->length == b->length && (!a->length || !memcmp(a->data, b->data, a->length));
}

static bool did_the_same(const struct schedule *a, const struct schedule *b) {
    return a->footprint == b->footprint && a->events == b->events && a->hash == b->hash;
}

static bool found_the_same(const struct schedule *a, const struct schedule *b, struct text *findings) {
    if (!a->says_something && !b->says_something) return true;
    if (schedule_same_findings(a, b)) return true;
    findings[0] = findings_of(a);
    findings[1] = findings_of(b);
    return same_text(&findings[0], &findings[1]);
}

static void *copy_of(const void *list, size_t n) {
    void *copy = memory_new(n);

    if (n) memcpy(copy, list, n);
    return copy;
}

static void keep(struct pair_told *t, const struct schedule *const *runs, struct dfs_order order) {
    t->differs = true;
    t->did = !did_the_same(runs[0], runs[1]);
    t->asked = runs[0]->asked;
    t->order = order;
    t->order.sleep = copy_of(order.sleep, order.sleep_count * sizeof *order.sleep);
    t->order.choices = copy_of(order.choices, order.choice_count);
    t->number = runs[0]->number;
    for (int i = 0; i < 2; i++) {
        t->events[i] = runs[i]->events;
        t->status[i] = runs[i]->status;
        text_put_n(&t->output[i], runs[i]->output.data ? runs[i]->output.data : "", runs[i]->output.length);
    }
}

void twice_compare(const struct schedule *s, struct dfs_order order) {
    const struct schedule *runs[2] = {s, s->again};
    struct text findings[2] = {{0}};
    bool same;

    if (self.told.differs || s->is_probe || s->unwanted || s->cut || (s->again && s->again->cut)) return;
    if (!s->again || s->hung || s->again->hung || s->lost || s->again->lost) {
        self.left_out++;
        return;
    }
    self.compared++;
    same = found_the_same(runs[0], runs[1], findings) && did_the_same(runs[0], runs[1]) &&
           s->status == s->again->status && same_text(&s->output, &s->again->output);
    if (!same) keep(&self.told, runs, order);
    for (int i = 0; i < 2; i++) {
        if (same) text_free(&findings[i]);
        else self.told.findings[i] = findings[i];
    }
}

/* -- telling ------------------------------------------------------------------------------------------------------------ */

static bool compare_texts(const char *what, struct text *texts) {
    FILE *files[2];
    bool same;

    for (int i = 0; i < 2; i++) {
        if (!texts[i].data) text_put(&texts[i], "");
        files[i] = fmemopen(texts[i].data, texts[i].length, "r");
        if (!files[i]) give_up(EXIT_MISUSE, "fmemopen failed");
    }
    same = determinism_compare(what, files[0], files[1]);
    for (int i = 0; i < 2; i++) fclose(files[i]);
    return same;
}

/* What was done comes first: all else follows from it. */
static void tell_difference(struct rerun *r, uint64_t first_seed) {
    struct pair_told *t = &self.told;

    complain("the schedule with seed %llu was run twice:", (unsigned long long)(first_seed + t->number));
    if (t->did && difference_tell(r, &t->asked, t->order)) return;
    if (!compare_texts("standard output", t->output) || !compare_texts("findings", t->findings)) return;
    if (!determinism_compare_status(t->status[0], t->status[1])) return;
    complain(
        "two runs differ in what they did, with %llu and %llu steps; in more runs the difference did not come again",
        (unsigned long long)t->events[0], (unsigned long long)t->events[1]);
}

void twice_tell(struct rerun *r, uint64_t first_seed) {
    const struct options *o = r->e->options;

    if (self.told.differs) {
        tell_difference(r, first_seed);
        determinism_tell_cause();
        return;
    }
    if (self.left_out)
        complain("%llu schedules did not come to their end, and were not compared", (unsigned long long)self.left_out);
    if (!option(o, QUIET).given)
        complain("%llu schedule%s %s run twice, and the runs were the same", (unsigned long long)self.compared,
                 self.compared == 1 ? "" : "s", self.compared == 1 ? "was" : "were");
}
