/* Keeps what schedules send until it is their turn, and counts.
 *
 * Always true
 *  1. The list is in the order of numbers, the probe first. Its first element is the oldest that is not reported.
 *  2. What a schedule without findings has sent is never read: most are. */
#include "reports/schedule.h"
#include "reports/dfs.h"
#include "reports/history.h"
#include "reports/report.h"
#include "reports/results.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <uthash.h>

enum { HASHES_MAX = 1 << 20 };

struct schedules schedules;

struct hash_seen {
    UT_hash_handle hh;
    uint64_t hash;
    bool again; /* there was more than one */
};

static struct {
    const struct options *options;
    uint64_t seed;
    struct schedule *first, **last;
    struct hash_seen *seen;
    uint64_t distinct, once, tasks; /* once: schedules that no other was the same as */
    void (*taken)(struct schedule *s);
    uint64_t hung, first_hung, died, first_died, failed, first_failed;
    int death, failure;
} all;

void schedules_begin(const struct options *o, uint64_t seed) {
    all.options = o;
    all.seed = seed;
    all.last = &all.first;
}

void schedules_watch(void (*taken)(struct schedule *s)) { all.taken = taken; }

void schedules_drop_behind(struct schedule *s) {
    for (s = s->next; s; s = s->next) s->unwanted = true;
}

static struct schedule *add(struct schedule s) {
    struct schedule *added = memory_new(sizeof *added);

    *added = s;
    *all.last = added;
    all.last = &added->next;
    return added;
}

struct schedule *schedule_new(uint64_t number) {
    return add((struct schedule){.number = number});
}
struct schedule *schedule_new_probe(void) {
    return add((struct schedule){.is_probe = true});
}

struct schedule *schedule_new_again(struct schedule *s) {
    s->again = memory_new(sizeof *s->again);
    *s->again = (struct schedule){.number = s->number, .asked = s->asked, .of = s};
    return s->again;
}

void schedule_drop(struct schedule *s) {
    if (s->again) schedule_drop(s->again);
    free(s->again);
    free(s->records);
    free(s->marks);
    free(s->counts);
    free(s->choices);
    text_free(&s->output);
}

/* -- records ------------------------------------------------------------------------------------------------------- */

static void read_goodbye(struct schedule *s, const uint8_t *payload, size_t n) {
    struct wire_reader r = {payload, payload + n};
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        if (f.tag == WIRE_STEPS) s->steps = wire_field_number(&f);
        if (f.tag == WIRE_SCHEDULE) s->hash = wire_field_number(&f);
        if (f.tag == WIRE_FOOTPRINT) s->footprint = wire_field_number(&f);
        if (f.tag == WIRE_FOOTPRINT_EVENTS) s->events = wire_field_number(&f);
        if (f.tag == WIRE_COMPLETE) s->complete = wire_field_number(&f);
        if (f.tag == WIRE_MARKS && !s->marks && f.length) {
            s->mark_count = f.length / sizeof *s->marks;
            s->marks = memory_new(f.length + 1);
            memcpy(s->marks, f.data, s->mark_count * sizeof *s->marks);
        }
        if (f.tag == WIRE_COUNTS && !s->counts) {
            s->count_count = f.length / sizeof *s->counts;
            s->counts = memory_new(f.length + 1);
            memcpy(s->counts, f.data, s->count_count * sizeof *s->counts);
        }
        if (f.tag == WIRE_TASKS_EVER && wire_field_number(&f) > all.tasks) all.tasks = wire_field_number(&f);
    }
}

static void read_choices(struct schedule *s, const uint8_t *payload, size_t n) {
    struct wire_reader r = {payload, payload + n};
    struct wire_field f;

    while (wire_next(&r, &f) == 1) {
        size_t words = f.length / sizeof *s->choices;

        if (f.tag != WIRE_CHOICE_LIST) continue;
        s->choices = memory_resize(s->choices, (s->choice_count + words) * sizeof *s->choices);
        memcpy(s->choices + s->choice_count, f.data, words * sizeof *s->choices);
        s->choice_count += words;
    }
}

void schedule_take(struct schedule *s, const void *packet, size_t n) {
    struct wire_header h;
    uint32_t length = (uint32_t)n;

    if (n < sizeof h) return;
    memcpy(&h, packet, sizeof h);
    if (h.type == WIRE_GOODBYE) read_goodbye(s, (const uint8_t *)packet + sizeof h, n - sizeof h);
    if (h.type == WIRE_CHOICES) {
        read_choices(s, (const uint8_t *)packet + sizeof h, n - sizeof h);
        return;
    }
    s->says_something |=
        h.type == WIRE_FINDING || h.type == WIRE_DEGRADED || h.type == WIRE_TEXT || h.type == WIRE_FAULT;
    while (s->length + sizeof length + n > s->size) {
        s->size = s->size ? 2 * s->size : 4096;
        s->records = memory_resize(s->records, s->size);
    }
    memcpy(s->records + s->length, &length, sizeof length);
    memcpy(s->records + s->length + sizeof length, packet, n);
    s->length += sizeof length + n;
}

void schedule_read(const struct schedule *s, struct wire_input *in) {
    uint32_t length;

    for (size_t at = 0; at < s->length; at += length) {
        memcpy(&length, s->records + at, sizeof length);
        at += sizeof length;
        wire_input_packet(in, s->records + at, length);
    }
}

/* The next record from *at on that is a finding, or takes one back; NULL: there is none. */
static const uint8_t *next_finding(const struct schedule *s, size_t *at, struct wire_header *h) {
    while (*at < s->length) {
        const uint8_t *packet = s->records + *at + sizeof(uint32_t);
        uint32_t length;

        memcpy(&length, s->records + *at, sizeof length);
        *at += sizeof length + length;
        memcpy(h, packet, sizeof *h);
        if ((h->type == WIRE_FINDING || h->type == WIRE_WITHDRAW) && h->length + sizeof *h == length)
            return packet + sizeof *h;
    }
    return NULL;
}

bool schedule_same_findings(const struct schedule *a, const struct schedule *b) {
    size_t at = 0, there = 0;
    struct wire_header h, g;

    for (;;) {
        const uint8_t *p = next_finding(a, &at, &h), *q = next_finding(b, &there, &g);
        if (!p || !q) return !p && !q;
        if (h.type != g.type || h.length != g.length || memcmp(p, q, h.length)) return false;
    }
}

/* The processes that a finding was sent by are kept as long as the finding. */
void schedule_report(const struct schedule *s) {
    struct wire_input *in = memory_new(sizeof *in);

    in->record = report_record;
    history_next_run();
    schedules.reported = s;
    schedule_read(s, in);
    schedules.reported = NULL;
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

static void note_hash(uint64_t hash) {
    struct hash_seen *known;

    if (all.distinct >= HASHES_MAX) return;
    HASH_FIND(hh, all.seen, &hash, sizeof hash, known);
    if (known) {
        all.once -= !known->again;
        known->again = true;
        return;
    }
    known = memory_new(sizeof *known);
    known->hash = hash;
    HASH_ADD(hh, all.seen, hash, sizeof hash, known);
    all.distinct++;
    all.once++;
}

/* As many of those that are still to come as were met once so far (Good: The population frequencies of species and the estimation
 * of population parameters, Biometrika 1953; with Turing's estimate for what was never met). */
double schedules_unseen(void) {
    enum { TOO_FEW = 20 };

    return schedules.done < TOO_FEW || all.distinct >= HASHES_MAX ? -1 : (double)all.once / (double)schedules.done;
}

static void count(const struct schedule *s) {
    uint64_t seed = all.seed + s->number;

    if (s->cut || s->redundant || s->unwanted) return;
    if (!s->is_probe) schedules.done++;
    if (!s->is_probe && !s->hung && WIFEXITED(s->status)) note_hash(s->hash);
    if (s->status && !schedules.first_status) schedules.first_status = s->status;
    if (s->hung) {
        if (!all.hung++) all.first_hung = seed;
    } else if (WIFSIGNALED(s->status)) {
        if (!all.died++) all.first_died = seed, all.death = WTERMSIG(s->status);
    } else if (WEXITSTATUS(s->status)) {
        if (!all.failed++) all.first_failed = seed, all.failure = WEXITSTATUS(s->status);
    }
}

static void take_first(void) {
    static bool gap; /* behind one that was not run to its end nothing is done */
    struct schedule *s = all.first;

    all.first = s->next;
    if (!all.first) all.last = &all.first;
    if (all.taken && s->finished) all.taken(s);
    if (s->says_something && !s->unwanted) schedule_report(s);
    schedules.taken += !s->is_probe;
    count(s);
    if (!s->is_probe && s->finished && !s->cut && !gap) results_done();
    gap |= !s->finished || s->cut;
    if (option(all.options, HALT_ON_ERROR).given && report_failing()) schedules.halted = true;
    schedule_drop(s);
    dfs_drop(s);
    free(s);
}

void schedule_done(struct schedule *s) {
    s->finished = true;
    while (all.first && all.first->finished) take_first();
}

void schedules_end(void) {
    while (all.first) {
        if (!all.first->finished) all.first->cut = true;
        take_first();
    }
}

/* -- the end --------------------------------------------------------------------------------------------------------- */

/* The bound of Burckhardt and others for one schedule, and what it makes for all of them. */
static void tell_bound(uint32_t depth, uint64_t steps) {
    double n = (double)(all.tasks ? all.tasks : 1), k = (double)(steps ? steps : 1);
    double one = 1 / (n * pow(k, (double)depth - 1)), none = pow(1 - one, (double)schedules.done);

    complain(
        "pct, depth %u, %.0f goroutines, %.0f steps: a schedule shows a bug of that depth with probability %.3g at "
        "least, all of these with %.3g",
        depth, n, k, one, 1 - none);
}

static void tell_unseen(void) {
    double unseen = schedules_unseen();

    if (unseen >= 0.995) complain("nearly every schedule was new: far more are unseen than seen");
    else if (unseen >= 0)
        complain("about %.0f %% of the schedules that other seeds would run have been seen", 100 * (1 - unseen));
}

/* A systematic search has no seed that brings one of its schedules back. */
static void tell_failing(uint64_t n, const char *what, uint64_t seed, enum wire_strategy strategy) {
    const struct option_value *chosen = &option(all.options, STRATEGY);
    char again[128] = "";

    if (!n) return;
    if (strategy != WIRE_STRATEGY_DFS)
        snprintf(again, sizeof again, "; the first again: --explore 1%s%s --seed %llu",
                 chosen->given ? " --strategy " : "", chosen->given ? chosen->text : "", (unsigned long long)seed);
    complain("%llu schedule%s %s%s", (unsigned long long)n, n == 1 ? "" : "s", what, again);
}

static void tell_failures(enum wire_strategy strategy) {
    char what[128];

    tell_failing(all.hung, "did not end in time", all.first_hung, strategy);
    snprintf(what, sizeof what, "died of a signal, the first of %d (%s)", all.death, strsignal(all.death));
    tell_failing(all.died, what, all.first_died, strategy);
    snprintf(what, sizeof what, "ended with a status that is not 0, the first with %d", all.failure);
    tell_failing(all.failed, what, all.first_failed, strategy);
}

void schedules_tell(enum wire_strategy strategy, uint32_t depth, uint64_t steps, int64_t ms, unsigned workers) {
    const struct options *o = all.options;
    double seconds = ms > 0 ? (double)ms / 1000 : 0.001;

    tell_failures(strategy);
    if (option(o, QUIET).given) return;
    if (report_style_is_stable())
        complain("%llu schedule%s, %llu different, from seed %llu on", (unsigned long long)schedules.done,
                 schedules.done == 1 ? "" : "s", (unsigned long long)all.distinct, (unsigned long long)all.seed);
    else
        complain("%llu schedule%s, %llu%s different, from seed %llu on; %.0f a second on %u CPU%s",
                 (unsigned long long)schedules.done, schedules.done == 1 ? "" : "s", (unsigned long long)all.distinct,
                 all.distinct >= HASHES_MAX ? " at least" : "", (unsigned long long)all.seed,
                 (double)schedules.done / seconds, workers, workers == 1 ? "" : "s");
    if (strategy != WIRE_STRATEGY_DFS) tell_unseen();
    if (strategy == WIRE_STRATEGY_PCT) tell_bound(depth, steps);
}
