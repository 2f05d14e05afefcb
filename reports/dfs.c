/* Makes orders of what schedules tell of their choices.
 *
 * A schedule follows the choices of its order and goes on by itself behind them, without preemption. For each choice of that
 * second part an order is made that takes the next possibility; what is left of that choice is made an order when that has been
 * run. So each schedule is run once, the nearest first. Without a bound, goroutines sleep (Godefroid, Partial-order methods
 * for the verification of concurrent systems, 1996): what was chosen before at the same place does not run again until
 * somebody touches what its step touched. Then of all schedules that differ only in the order of independent steps one is
 * run. With a bound nobody sleeps: the one that is run may have more preemptions than those it stands for (Coons, Musuvathi,
 * McKinley, Bounded partial-order reduction, OOPSLA 2013).
 *
 * Always true
 *  1. Orders are taken as they were made, and made as schedules are taken, in the order of their numbers: so the numbers are
 *     the same however many workers there are.
 *  2. What is counted is run to its end by its own choices; a redundant one is not counted.
 *
 * Not done: going on from the last schedule (depth first): its orders would have to wait for each other. */
#include "reports/dfs.h"
#include "reports/memory.h"

#include <stdlib.h>
#include <string.h>

enum { QUEUE_BYTES_MAX = 1 << 30 };

struct dfs_order_made {
    struct dfs_order_made *next;
    bool is_case;         /* the last choice is one of cases, not of goroutines */
    uint32_t preemptions; /* with all choices */
    uint8_t *choices;
    size_t choice_count;
    uint64_t *sleep;
    size_t sleep_count;
    uint8_t *rest; /* what is left of the last choice */
    size_t rest_count;
};

static struct {
    uint32_t bound;
    struct dfs_order_made *first, **last;
    size_t bytes;
    uint64_t counted;
    bool incomplete;
    const char *why; /* it is */
} search;

/* -- orders -------------------------------------------------------------------------------------------------------- */

static size_t bytes_of(const struct dfs_order_made *o) {
    return sizeof *o + o->choice_count + o->rest_count + o->sleep_count * sizeof *o->sleep;
}

static void free_order(struct dfs_order_made *o) {
    if (!o) return;
    free(o->choices);
    free(o->sleep);
    free(o->rest);
    free(o);
}

static void *copy_of(const void *from, size_t n) {
    void *to = memory_new(n + 1);

    if (n) memcpy(to, from, n);
    return to;
}

static void give_up_on(const char *why) {
    if (!search.incomplete) search.why = why;
    search.incomplete = true;
}

/* With copies of all that `o` points to. */
static void add(struct dfs_order_made o) {
    struct dfs_order_made *added;

    if (search.bytes > QUEUE_BYTES_MAX) give_up_on("there is no room for what is left to be run");
    if (o.choice_count > WIRE_CHOICES_MAX || o.sleep_count > WIRE_SLEEP_MAX)
        give_up_on("a schedule has too many choices");
    if (search.incomplete) return;
    added = memory_new(sizeof *added);
    o.choices = copy_of(o.choices, o.choice_count);
    o.sleep = copy_of(o.sleep, o.sleep_count * sizeof *o.sleep);
    o.rest = copy_of(o.rest, o.rest_count);
    o.next = NULL;
    *added = o;
    *search.last = added;
    search.last = &added->next;
    search.bytes += bytes_of(added);
}

void dfs_start(uint32_t bound) {
    for (struct dfs_order_made *o = search.first, *next; o; o = next) {
        next = o->next;
        free_order(o);
    }
    memset(&search, 0, sizeof search);
    search.bound = bound;
    search.last = &search.first;
    add((struct dfs_order_made){.preemptions = 0});
}

bool dfs_has_next(void) { return search.first; }

struct dfs_order dfs_order_of(const struct schedule *s) {
    static const struct dfs_order_made none;
    const struct dfs_order_made *o = s->order ? s->order : &none;

    return (struct dfs_order){o->sleep, o->choices, o->sleep_count, o->choice_count};
}

struct dfs_order dfs_next(struct schedule *s) {
    struct dfs_order_made *o = search.first;

    search.first = o->next;
    if (!search.first) search.last = &search.first;
    search.bytes -= bytes_of(o);
    s->order = o;
    return dfs_order_of(s);
}

void dfs_drop(struct schedule *s) {
    free_order(s->order);
    s->order = NULL;
}

/* -- what a schedule tells ------------------------------------------------------------------------------------------- */

/* A choice, and the step behind it. */
struct choice {
    enum wire_choice_kind kind;
    unsigned of, taken, before;
    const uint64_t *ids; /* of cases: the sleepers', `before` of them */
    const uint64_t *touches;
    size_t touch_count; /* of the step, if it is whole: up to the next choice of a goroutine, or its end */
    bool whole;         /* no case was chosen in it */
};

struct reader {
    const uint64_t *at, *end;
    bool redundant, broken;
};

static enum wire_choice_kind kind_of(uint64_t word) { return (enum wire_choice_kind)(word & 3); }

static bool read_choice(struct reader *r, struct choice *c) {
    uint64_t word;
    size_t ids;

    while (r->at < r->end && (kind_of(*r->at) == WIRE_CHOICE_TOUCH || kind_of(*r->at) == WIRE_CHOICE_RUN)) {
        if (*r->at == WIRE_CHOICE_REDUNDANT) r->redundant = true;
        r->at++;
    }
    if (r->at == r->end) return false;
    word = *r->at++;
    *c = (struct choice){.kind = kind_of(word),
                         .of = word >> 8 & 255,
                         .taken = word >> 16 & 255,
                         .before = word >> 24 & 255,
                         .ids = r->at};
    ids = c->kind == WIRE_CHOICE_GOROUTINE ? c->of : c->before;
    if ((size_t)(r->end - r->at) < ids || c->taken >= c->of) {
        r->broken = true;
        return false;
    }
    r->at += ids;
    c->touches = r->at;
    while (r->at < r->end && kind_of(*r->at) == WIRE_CHOICE_TOUCH) r->at++;
    c->touch_count = (size_t)(r->at - c->touches);
    c->whole = r->at == r->end || kind_of(*r->at) != WIRE_CHOICE_CASE;
    return true;
}

/* -- orders of a choice ---------------------------------------------------------------------------------------------- */

struct sleep {
    uint64_t *words;
    size_t count, capacity;
};

static void put(struct sleep *s, uint64_t word) {
    s->words = memory_grow(s->words, s->count, &s->capacity, sizeof *s->words);
    s->words[s->count++] = word;
}

static void put_sleeper(struct sleep *s, uint64_t id, const uint64_t *touches, size_t n) {
    put(s, id);
    put(s, n);
    for (size_t i = 0; i < n; i++) put(s, touches[i]);
}

/* Those of the order that still sleep at the choice. */
static void put_sleepers(struct sleep *s, const struct dfs_order_made *o, const struct choice *c) {
    size_t n = c->kind == WIRE_CHOICE_GOROUTINE ? c->of : c->before;

    for (size_t at = 0; at < o->sleep_count; at += 2 + o->sleep[at + 1])
        for (size_t i = 0; i < n; i++)
            if (c->ids[i] == (o->sleep[at] << 1 | 1)) put_sleeper(s, o->sleep[at], o->sleep + at + 2, o->sleep[at + 1]);
}

static bool is_bounded(void) { return search.bound != DFS_NO_BOUND; }

static void put_taken(struct sleep *s, const struct choice *c) {
    if (!is_bounded() && c->kind == WIRE_CHOICE_GOROUTINE && c->whole)
        put_sleeper(s, c->ids[c->taken] >> 1, c->touches, c->touch_count);
}

/* All other possibilities of a choice that was the schedule's own: an order for the first, which keeps the rest. */
static void branch(const struct dfs_order_made *o, const struct choice *c, const uint8_t *choices, size_t count) {
    bool goroutine = c->kind == WIRE_CHOICE_GOROUTINE, preempts = goroutine && c->before != WIRE_CHOICE_NONE;
    uint8_t others[256], *made;
    struct sleep sleep = {0};
    size_t n = 0;

    if (preempts && is_bounded() && o->preemptions + 1 > search.bound) return;
    for (unsigned i = 0; i < c->of; i++)
        if (i != c->taken && !(goroutine && c->ids[i] & 1)) others[n++] = (uint8_t)i;
    if (!n) return;
    put_sleepers(&sleep, o, c);
    put_taken(&sleep, c);
    made = copy_of(choices, count);
    made[count] = others[0];
    add((struct dfs_order_made){.is_case = !goroutine,
                                .preemptions = o->preemptions + preempts,
                                .choices = made,
                                .choice_count = count + 1,
                                .sleep = sleep.words,
                                .sleep_count = sleep.count,
                                .rest = others + 1,
                                .rest_count = n - 1});
    free(made);
    free(sleep.words);
}

/* The next possibility of the order's last choice. `c`: as the schedule told of that; NULL: it did not. */
static void take_rest(const struct dfs_order_made *o, const struct choice *c) {
    struct dfs_order_made next = *o;
    struct sleep sleep = {0};

    if (!o->rest_count) return;
    for (size_t i = 0; i < o->sleep_count; i++) put(&sleep, o->sleep[i]);
    if (c) put_taken(&sleep, c);
    next.choices = copy_of(o->choices, o->choice_count);
    next.choices[o->choice_count - 1] = o->rest[0];
    next.rest++;
    next.rest_count--;
    next.sleep = sleep.words;
    next.sleep_count = sleep.count;
    add(next);
    free(next.choices);
    free(sleep.words);
}

static void take_choices(const struct dfs_order_made *o, struct reader *r) {
    uint8_t *choices = memory_new(o->choice_count + (size_t)(r->end - r->at) + 1);
    size_t count = o->choice_count;
    struct choice c;

    memcpy(choices, o->choices, count);
    if (count) take_rest(o, read_choice(r, &c) ? &c : NULL);
    while (read_choice(r, &c)) {
        branch(o, &c, choices, count);
        choices[count++] = (uint8_t)c.taken;
    }
    free(choices);
}

void dfs_take(struct schedule *s) {
    struct reader r = {.at = s->choices, .end = s->choices + s->choice_count};

    take_choices(s->order, &r);
    s->redundant = r.redundant;
    search.counted += !r.redundant;
    if (!s->complete)
        give_up_on("a schedule did not tell of all its choices: it crashed, hung, or has too many of them");
    if (r.broken) give_up_on("what a schedule told of its choices could not be read");
}

/* -- the end --------------------------------------------------------------------------------------------------------- */

void dfs_tell(uint64_t findings) {
    struct text bound = {0};
    unsigned long long n = search.counted;

    text_put(&bound, "");
    if (is_bounded()) text_print(&bound, " with at most %u preemption%s", search.bound, search.bound == 1 ? "" : "s");
    if (search.first) complain("there are more schedules%s than these", bound.data);
    else if (search.incomplete) complain("not all schedules%s have been run: %s", bound.data, search.why);
    else if (findings) complain("all schedules%s have been run: %llu", bound.data, n);
    else if (n == 1) complain("the only schedule%s is free of findings", bound.data);
    else complain("all %llu schedules%s are free of findings", n, bound.data);
    text_free(&bound);
}
