/* Who was expected to call Done on a WaitGroup that somebody waits on, and has not: from what each goroutine has done with
 * it since the Add that left zero behind (tally.h), when and where each was started, and what it was given.
 *
 * Nobody says in C who is to call Done, so there are clues, and only the best are followed:
 *  1. The goroutine has added itself, more than it has done, and started nobody.
 *  2. Its arguments led to the WaitGroup and it has not handed that on to others, or others that were started at the same
 *     place have called Done.
 *  3. If those are fewer than what is missing: it has called Done in an earlier round, and had not ended when this one
 *     began; or it was started since, if the WaitGroup is a global variable that anybody reaches.
 * Who waits on the WaitGroup itself is one only by the clues 1 and 2, and by what it was given only if nobody else is.
 *
 * Always true
 *  1. Whoever is named has not called Done in this round, or has added more than it has done.
 *
 * Not done: to look for the WaitGroup in the stacks and blocks of those that still run. Who has ended has neither. */
#include "detector/absent.h"
#include "detector/arena.h"
#include "detector/heap.h"
#include "detector/path.h"
#include "detector/slot.h"
#include "detector/waitgraph.h"
#include "detector/waitgroup.h"

#include <stdlib.h>

enum { CANDIDATES_MAX = 8192, PLACES_MAX = 64, KINDS_MAX = 12 };

/* Those started at one place since the round began. */
struct place {
    uintptr_t created;
    const struct task_record *first;
    uint64_t started, called;
};

struct candidate {
    const struct task_record *record;
    struct place *place; /* NULL: it was there before the round */
    struct tally tally;
    uint32_t waits_at; /* a site; 0: it does not wait */
    uint8_t clue;      /* enum finding_clue */
    bool called, given, waits_for_it;
    bool started_others, hands_on; /* to some that have called Done or were given it */
};

/* Suspects that one part tells of. */
struct kind {
    const struct candidate *first;
    uint64_t count;
};

struct search {
    uintptr_t wg;
    struct waitgroup_round round;
    struct candidate candidates[CANDIDATES_MAX];
    struct place places[PLACES_MAX];
    struct kind kinds[KINDS_MAX];
    uint32_t count, place_count, kind_count;
    uint64_t suspects;
    bool whole; /* all that count are candidates */
};

/* -- who comes into question ------------------------------------------------------------------------------------------- */

static struct place *place_of(struct search *s, const struct task_record *r) {
    uintptr_t created = path_value(r->created_site);
    uint32_t i = 0;

    while (i < s->place_count && s->places[i].created != created) i++;
    if (i == PLACES_MAX) {
        s->whole = false;
        return NULL;
    }
    if (i == s->place_count) s->places[s->place_count++] = (struct place){created, r, 0, 0};
    return &s->places[i];
}

static void note_wait(struct search *s, struct candidate *c) {
    struct task_wait w;

    if (!c->record->task || !waitgraph_read(c->record->task, &w)) return;
    c->waits_at = w.site;
    c->waits_for_it = w.kind == FINDING_WG && w.object == s->wg;
}

static void consider(const struct task_record *r, void *arg) {
    struct search *s = arg;
    struct candidate c = {.record = r};
    bool since = tally_is_since(r->born, s->round.number), known;

    if (r->kind == DET_THREAD && !r->parent_id) return;
    known = waitgroup_tally(r, s->wg, &c.tally);
    if (!known && !since) return;
    if (s->count == CANDIDATES_MAX || (!known && r->tallies_lost)) { /* it may have called Done */
        s->whole = false;
        return;
    }
    if (known && c.tally.round == s->round.number) c.called = c.tally.dones, c.given = c.tally.given;
    if (since && r->kind != DET_MAIN) c.place = place_of(s, r);
    if (c.place) c.place->started++, c.place->called += c.called;
    note_wait(s, &c);
    s->candidates[s->count++] = c;
}

static int by_number(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;

    if (x->record->kind != y->record->kind) return x->record->kind < y->record->kind ? -1 : 1;
    return x->record->id < y->record->id ? -1 : x->record->id > y->record->id;
}

static struct candidate *find_parent(struct search *s, const struct task_record *child) {
    struct task_record parent = {.id = child->parent_id, .kind = DET_THREAD};
    struct candidate key = {.record = &parent};

    if (!child->parent_thread) parent.kind = parent.id == 1 ? DET_MAIN : DET_GOROUTINE;
    return parent.id ? bsearch(&key, s->candidates, s->count, sizeof key, by_number) : NULL;
}

static void note_children(struct search *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        const struct candidate *c = &s->candidates[i];
        struct candidate *parent = c->place ? find_parent(s, c->record) : NULL;

        if (!parent) continue;
        parent->started_others = true;
        parent->hands_on |= c->called || c->given;
    }
}

/* -- clues ------------------------------------------------------------------------------------------------------------------ */

/* On the heap, or on a stack: whoever was not given it has no way to it. */
static void look_at_stack(struct det_task *t, void *arg) {
    uintptr_t *wg = arg;

    if (*wg >= t->stack_low && *wg < t->stack_high) *wg = 0;
}
static bool is_private(uintptr_t wg) {
    struct heap_block b;

    if (heap_find(wg, &b) && !b.freed) return true;
    task_each_alive(look_at_stack, &wg);
    return !wg;
}

static enum finding_clue strong_clue(const struct search *s, const struct candidate *c) {
    bool now = c->tally.round == s->round.number;

    if (now && c->tally.adds > c->tally.dones && c->tally.adds && !c->started_others && c->record->kind != DET_MAIN)
        return FINDING_ADDED;
    if (c->called || c->record->kind == DET_MAIN) return FINDING_NO_CLUE;
    if (c->place && c->place->called) return FINDING_ALIKE;
    return c->given && !c->hands_on && !c->waits_for_it ? FINDING_GIVEN : FINDING_NO_CLUE;
}

static enum finding_clue weak_clue(const struct search *s, const struct candidate *c, bool private) {
    const struct tally *y = &c->tally;

    if (c->called || c->record->kind == DET_MAIN) return FINDING_NO_CLUE;
    if (c->waits_for_it) return c->given && !s->suspects ? FINDING_GIVEN : FINDING_NO_CLUE;
    if (!c->place && (y->before || y->dones) && y->round != s->round.number &&
        (c->record->task || tally_is_since(y->ended, s->round.number)))
        return FINDING_BEFORE;
    return c->place && !private ? FINDING_STARTED : FINDING_NO_CLUE;
}

static void suspect(struct search *s, struct candidate *c, enum finding_clue clue) {
    c->clue = (uint8_t)clue;
    s->suspects += clue != FINDING_NO_CLUE;
}

static void follow_clues(struct search *s) {
    bool private;

    for (uint32_t i = 0; i < s->count; i++) suspect(s, &s->candidates[i], strong_clue(s, &s->candidates[i]));
    if (s->suspects >= s->round.missing) return;
    private = is_private(s->wg);
    for (uint32_t i = 0; i < s->count; i++)
        if (!s->candidates[i].clue) suspect(s, &s->candidates[i], weak_clue(s, &s->candidates[i], private));
}

/* -- telling ---------------------------------------------------------------------------------------------------------------- */

/* Who has ended comes no more; who waits may. */
static unsigned rank(const struct candidate *c) { return !c->record->task ? 0 : c->waits_at ? 1 : 2; }

static bool is_same_kind(const struct candidate *a, const struct candidate *b) {
    return a->clue == b->clue && a->place == b->place && rank(a) == rank(b) && a->waits_at == b->waits_at &&
           a->record->created_site == b->record->created_site && a->record->entry == b->record->entry;
}

static void enter(struct search *s, const struct candidate *c) {
    uint32_t i = 0;

    while (i < s->kind_count && !is_same_kind(s->kinds[i].first, c)) i++;
    if (i == KINDS_MAX) return; /* enough to begin with */
    if (i == s->kind_count) s->kinds[s->kind_count++] = (struct kind){c, 0};
    s->kinds[i].count++;
}

static struct finding_part *add(struct search *s, struct plight *p, const struct task_record *named,
                                const struct task_record *r, const struct place *place) {
    struct finding_part *x = plight_add(p, FINDING_UNDONE, named, FINDING_WG, s->wg, r->created_site);

    if (x && place && s->whole) x->started = place->started, x->called = place->called;
    if (x) x->count = 0;
    return x;
}

static void tell_suspects(struct search *s, struct plight *p) {
    for (unsigned r = 0; r <= 2; r++)
        for (uint32_t i = 0; i < s->count; i++)
            if (s->candidates[i].clue && rank(&s->candidates[i]) == r) enter(s, &s->candidates[i]);
    for (uint32_t i = 0; i < s->kind_count; i++) {
        const struct candidate *c = s->kinds[i].first;
        struct finding_part *x = add(s, p, c->record, c->record, c->place);

        if (!x) continue;
        x->count = s->kinds[i].count;
        x->clue = c->clue;
        plight_tell_place(p, x);
    }
}

/* Where all that were started have called Done. */
static void tell_complete(struct search *s, struct plight *p) {
    for (uint32_t i = 0; i < s->place_count && s->whole; i++)
        if (s->places[i].called && s->places[i].called == s->places[i].started)
            add(s, p, NULL, s->places[i].first, &s->places[i]);
}

/* NULL: the WaitGroup is not known, or there is no memory (the finding says the rest). */
static struct search *begin_search(uintptr_t wg) {
    struct waitgroup_round round;
    struct search *s = waitgroup_round(wg, &round) ? arena_map(sizeof *s) : NULL;

    if (!s) return NULL;
    s->wg = wg;
    s->round = round;
    s->whole = round.sweeps == slot_sweeps();
    task_each_record(consider, s);
    qsort(s->candidates, s->count, sizeof *s->candidates, by_number);
    note_children(s);
    follow_clues(s);
    return s;
}

void absent_tell(uintptr_t wg, struct plight *p) {
    struct search *s = begin_search(wg);

    if (!s) return;
    tell_suspects(s, p);
    tell_complete(s, p);
    arena_unmap(s, sizeof *s);
}

static bool waits_elsewhere(const struct candidate *c) {
    return c->clue && c->clue != FINDING_BEFORE && c->clue != FINDING_STARTED && c->waits_at && !c->waits_for_it;
}
bool absent_is_behind(uintptr_t wg) {
    struct search *s = begin_search(wg);
    uint64_t waiting = 0;
    bool behind;

    if (!s) return false;
    for (uint32_t i = 0; i < s->count; i++) waiting += waits_elsewhere(&s->candidates[i]);
    behind = waiting >= s->round.missing;
    arena_unmap(s, sizeof *s);
    return behind;
}

uint64_t absent_told_by(uintptr_t wg) {
    struct search *s = begin_search(wg);
    uint64_t told = 0, number = 0;

    if (!s) return 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct candidate *c = &s->candidates[i];
        uint64_t by = waits_elsewhere(c) ? waitgraph_told_by(c->record->task) : 0;

        if (by) number = by;
        told += by != 0;
    }
    if (told < s->round.missing) number = 0;
    arena_unmap(s, sizeof *s);
    return number;
}
