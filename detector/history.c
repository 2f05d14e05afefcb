/* The general case of an access: a list of entries, one more access, a new list.
 *
 * Always true
 *  1. The entries of a granule are everything that may still race with what comes: for each byte, an entry was only
 *     taken out by one that is after it and conflicts with all that it would conflict with (access_settles, subsumes).
 *     This is FastTrack's argument for single epochs, without its restriction to one read and to totally ordered writes
 *     (atomics of different tasks are unordered and yet no race).
 *  2. A freed entry stays until its memory is reset. Accesses to freed bytes are found and not recorded.
 *  3. Histories are never changed once interned; two different ones are never equal.
 *  4. An extended granule's w (r) names bytes that a task has written (read or written) in that epoch, as its entries say
 *     too; with CELL_SEEN, w is of the other kind. One of them is not 0.
 *
 * Threads: the bucket lists are read without a lock, as in path.c; insertion is under `lock`. The memo is each
 * thread's own.
 *
 * The memo: loops over arrays make the same step at each granule (the same words before, the same access): the last
 * steps are remembered, one cache line each, and repeated for two loads and a comparison. A step without a race stays
 * right as long as the epoch lasts: a task only learns, so what was ordered stays so, and what was not but did not
 * conflict is kept, which is never wrong. */
#include "detector/history.h"
#include "detector/arena.h"
#include "detector/buckets.h"
#include "detector/crowd.h"
#include "detector/history_list.h"
#include "detector/mixture.h"
#include "detector/path.h"
#include "detector/trail.h"
#include "detector/world.h"

#include <string.h>

enum { BUCKETS_MIN = 1 << 10, BUDGET_MIN = 1 << 17, MEMO_STEPS = 128, OWNED_STEP = 4, LUCK_MAX = 64 };

struct memo {
    struct granule before;
    uint64_t cell;
    uint32_t site, write;
    struct granule after;
};
_Static_assert(sizeof(struct granule) == 24, "a granule's words have no padding");
_Static_assert(sizeof(struct memo) == CACHE_LINE, "a remembered step is one cache line");

static struct {
    struct engine_lock lock;
    struct buckets *buckets;
    uint32_t used, budget;
    uint32_t linked; /* in buckets: all but crowds */
    uint32_t crowds; /* list */
    uint32_t era;    /* of the memos: changes when handles may be reused */
} histories;

static __thread __attribute__((tls_model("initial-exec"))) struct {
    uint32_t era;
    int luck; /* is_worth_a_look */
    unsigned asked;
    uint32_t made; /* owned lists, times an odd number */
    struct memo steps[MEMO_STEPS];
} memo;

/* -- the lists' representation -------------------------------------------------------------------------------- */

static size_t bytes_of(unsigned room) { return sizeof(struct history) + room * (sizeof(uint64_t) + sizeof(uint32_t)); }
static struct crowd *crowd_of(const struct history *h) { return (struct crowd *)h->cells[0]; }

static unsigned list_of(uint32_t handle, struct entry *e) {
    struct history *h = history_at(handle);

    for (unsigned i = 0; i < h->count; i++) e[i] = (struct entry){h->cells[i], sites_of(h)[i]};
    return h->count;
}

static uint32_t hash_of(const struct entry *e, unsigned n) {
    uint64_t h = n;

    for (unsigned i = 0; i < n; i++) {
        h = (h ^ e[i].cell) * 0x9e3779b97f4a7c15u;
        h = (h ^ h >> 32 ^ e[i].site) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static bool is_equal(struct history *h, const struct entry *e, unsigned n) {
    const uint32_t *sites = sites_of(h);

    if (h->count != n) return false;
    for (unsigned i = 0; i < n; i++)
        if (h->cells[i] != e[i].cell || sites[i] != e[i].site) return false;
    return true;
}

static uint32_t find(uint32_t head, const struct entry *e, unsigned n) {
    while (head && !is_equal(history_at(head), e, n)) head = __atomic_load_n(&history_at(head)->next, __ATOMIC_RELAXED);
    return head;
}

/* A new record's handle; 0: no memory, or none that a handle of 31 bits reaches. */
static uint32_t new_record(unsigned room, enum owner owner) {
    struct history *h = arena_alloc(bytes_of(room));

    if (h && arena_handle(h) & SITE_EXTENDED) {
        arena_free(h, bytes_of(room));
        h = NULL;
    }
    if (!h) return 0;
    *h = (struct history){.room = (uint8_t)room, .owner = (uint8_t)owner};
    /* no two of one thread are alike, and hardly any of two */
    if (owner == OWNED) h->next = (uint32_t)(uintptr_t)&memo + (memo.made += 0x9e3779b1);
    return arena_handle(h);
}

void history_free(struct history *h) {
    if (h->owner == CROWD && crowd_of(h)) crowd_free(crowd_of(h));
    arena_free(h, bytes_of(h->room));
}

static void fill_record(struct history *h, const struct entry *e, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        h->cells[i] = e[i].cell;
        sites_of(h)[i] = e[i].site;
    }
    history_set_count(h, n);
}

static void count_record_locked(void) {
    if (++histories.used > histories.budget) gate_set(GATE_WANTED);
}

/* Twice the buckets if there is memory for them: without, lists get longer, which is slow but right. */
static GORO_COLD void grow_buckets_locked(void) {
    struct buckets *old = histories.buckets, *more = buckets_new(2 * ((size_t)old->mask + 1));

    if (!more) return;
    for (uint32_t i = 0; i <= old->mask; i++) {
        for (uint32_t h = old->heads[i], next; h; h = next) {
            struct entry e[HISTORY_MAX];
            uint32_t hash = hash_of(e, list_of(h, e));

            next = history_at(h)->next;
            buckets_link(more, hash, h, &history_at(h)->next);
        }
    }
    more->retired = old;
    __atomic_store_n(&histories.buckets, more, __ATOMIC_RELEASE); /* pairs with buckets_head */
}

static GORO_NOINLINE uint32_t insert(const struct entry *e, unsigned n, uint32_t hash) {
    uint32_t handle;

    engine_lock_take(&histories.lock);
    handle = find(buckets_head(&histories.buckets, hash), e, n);
    if (!handle && (handle = new_record(n, SHARED)) != 0) {
        fill_record(history_at(handle), e, n);
        count_record_locked();
        buckets_link(histories.buckets, hash, handle, &history_at(handle)->next);
        if (++histories.linked > histories.buckets->mask) grow_buckets_locked();
    }
    engine_lock_drop(&histories.lock);
    return handle;
}

/* Do lists found here tend to be there already? Each thread keeps a score; where it is bad, lists are owned and only one
 * in eight asks again. */
static bool is_worth_a_look(void) { return memo.luck >= 0 || (++memo.asked & 7) == 0; }

static uint32_t intern(const struct entry *e, unsigned n) {
    uint32_t hash = hash_of(e, n), h = find(buckets_head(&histories.buckets, hash), e, n);

    if (likely(h)) {
        if (memo.luck < LUCK_MAX) memo.luck++;
        return h;
    }
    if (memo.luck > -LUCK_MAX) memo.luck -= 4;
    return insert(e, n, hash);
}

static uint32_t new_owned(const struct entry *e, unsigned n) {
    uint32_t handle = new_record((n + OWNED_STEP - 1) / OWNED_STEP * OWNED_STEP, OWNED);

    if (handle) fill_record(history_at(handle), e, n);
    return handle;
}

static uint32_t new_crowd(const struct entry *e, unsigned n);

/* A home for a list: the granule's own record if it has one with room, which is else given back. */
static uint32_t house(const struct granule *was, const struct entry *e, unsigned n) {
    struct history *h = granule_is_extended(was) ? history_at(history_of(was)) : NULL;

    if (h && h->owner == OWNED) {
        if (n <= h->room && n + OWNED_STEP > h->room) {
            fill_record(h, e, n);
            return history_of(was);
        }
        history_free(h);
        return n <= HISTORY_MAX ? new_owned(e, n) : new_crowd(e, n);
    }
    if (n > HISTORY_MAX) return new_crowd(e, n);
    return is_worth_a_look() ? intern(e, n) : new_owned(e, n);
}

static uint32_t new_crowd(const struct entry *e, unsigned n) {
    struct crowd *c = crowd_new(e, n);
    uint32_t handle;

    if (!c) return 0;
    engine_lock_take(&histories.lock);
    handle = new_record(1, CROWD);
    if (handle) {
        struct history *h = history_at(handle);

        h->count = 1;
        h->cells[0] = (uintptr_t)c;
        sites_of(h)[0] = 0;
        count_record_locked();
        h->next = histories.crowds;
        histories.crowds = handle;
    }
    engine_lock_drop(&histories.lock);
    if (!handle) crowd_free(c);
    return handle;
}

/* -- from a granule to a list and back -------------------------------------------------------------------------- */

static unsigned decode(const struct granule *g, struct entry *e) {
    unsigned n = 0;

    if (granule_is_extended(g)) return list_of(history_of(g), e);
    if (g->w) n += mixture_list(g->w, g->ws, SITE_WRITE, e);
    if (g->r & CELL_FREED) e[n++] = (struct entry){g->r & ~CELL_FREED, g->rs | SITE_WRITE | SITE_FREED};
    else if (g->r) n += mixture_list(g->r, g->rs, 0, e + n);
    return n;
}

/* `was`: the granule before, whose record (if it owns one) is used again or given back. */
static struct granule encode(const struct access *a, const struct granule *was, const struct entry *e, unsigned n) {
    uint32_t handle;

    if (mixture_fits(e, n)) {
        history_drop(was);
        return mixture_cells(e, n);
    }
    handle = house(was, e, n);
    if (likely(handle)) {
        struct hints told = {0};

        for (unsigned i = 0; i < n; i++) add_hint(&told, a->word, e[i].cell, e[i].site);
        return hinted_granule(&told, a->word, handle, was);
    }
    engine_degraded("no memory for the history of accesses: races with all but the last of them may be lost");
    return mixture_cells(e, n);
}

uint32_t history_freed(uint64_t word, uint32_t site) {
    struct entry e = {word | CELL_MASK, site | SITE_WRITE | SITE_FREED};
    uint32_t handle = intern(&e, 1);

    if (!handle) engine_degraded("no memory for the history of accesses: uses of freed memory may be lost");
    return handle;
}

struct granule history_freed_granule(uint32_t history) {
    struct entry e = history_first(history);

    return mixture_cells(&e, 1);
}

struct entry history_first(uint32_t history) {
    struct history *h = history_at(history);

    return (struct entry){h->cells[0], sites_of(h)[0]};
}

bool history_is_shared(const struct granule *g) {
    return !granule_is_extended(g) || history_at(history_of(g))->owner == SHARED;
}

static bool is_crowd(const struct granule *g) {
    return granule_is_extended(g) && history_at(history_of(g))->owner == CROWD;
}

bool history_entries(const struct granule *g, struct entry *e, unsigned *n) {
    if (is_crowd(g)) return false;
    *n = decode(g, e);
    return true;
}

void history_drop(const struct granule *g) {
    if (granule_is_extended(g) && history_at(history_of(g))->owner == OWNED) history_free(history_at(history_of(g)));
}

/* -- one step --------------------------------------------------------------------------------------------------- */

/* The first few, and whichever is the first to race on some byte. */
static GORO_COLD void note_race(struct access *a, uint64_t cell, uint32_t site, uint64_t mask) {
    uint64_t bytes = cell & mask & CELL_MASK;

    for (unsigned i = 0; i < a->race_count; i++)
        if (a->races[i].site == site && cell_same_stamp(a->races[i].cell, cell)) return;
    if (!(bytes & ~a->raced) && a->race_count >= RACES_MAX - GRANULE_BYTES) return;
    goro_assert(a->race_count < RACES_MAX);
    a->raced |= bytes;
    a->races[a->race_count++] = (struct entry){(cell & ~CELL_MASK) | bytes, site};
}

bool access_settles(struct access *a, uint64_t cell, uint32_t site, uint64_t mask) {
    bool known = access_knows(a, cell), conflict;

    if (unlikely(site & SITE_FREED)) {
        note_race(a, cell, site, mask);
        return true;
    }
    if (known) return true;
    conflict = (a->kind & DET_WRITE || site & SITE_WRITE) && !(a->word & cell & CELL_ATOMIC);
    if (conflict) note_race(a, cell, site, mask);
    return conflict;
}

/* The entries after the access, in place. Returns their number, at most n + 1. */
static unsigned step_entries(struct access *a, struct entry *e, unsigned n, uint64_t mask) {
    bool write = a->kind & DET_WRITE;
    uint64_t covered = 0, add = mask;
    unsigned kept = 0;
    uint32_t site;

    for (unsigned i = 0; i < n; i++) {
        bool e_write = e[i].site & SITE_WRITE;

        if (!(e[i].cell & mask)) continue;
        if (!access_settles(a, e[i].cell, e[i].site, mask)) continue;
        if (e[i].site & SITE_FREED) add &= ~e[i].cell;
        else if (cell_same_stamp(e[i].cell, a->word) && subsumes(e[i].cell, e_write, a->word, write))
            covered |= e[i].cell;
    }
    if (!(add & ~covered)) return n;
    site = access_site(a) | (write ? SITE_WRITE : 0);
    for (unsigned i = 0; i < n; i++) {
        struct entry x = e[i];

        if (x.cell & mask && !(x.site & SITE_FREED) && subsumes(a->word, write, x.cell, x.site & SITE_WRITE) &&
            access_settles(a, x.cell, x.site, mask))
            x.cell &= ~mask;
        if (!((x.cell ^ a->word) & ~CELL_MASK) && x.site == site) {
            add |= x.cell & CELL_MASK; /* this very access, at other bytes */
            continue;
        }
        if (x.cell & CELL_MASK) e[kept++] = x;
    }
    e[kept++] = (struct entry){a->word | add, site};
    return kept;
}

static GORO_NOINLINE void step_crowd(struct access *a, struct granule *g, uint64_t mask) {
    struct history *h = history_at(history_of(g));
    struct entry e[HISTORY_MAX + 1];
    unsigned n = crowd_step(crowd_of(h), a, mask, e);
    bool write = a->kind & DET_WRITE, freed = a->kind & DET_FREE;

    if (n <= HISTORY_MAX) {
        crowd_free(crowd_of(h)); /* the record itself waits for the sweep */
        h->cells[0] = 0;
        *g = encode(a, g, e, n);
        return;
    }
    g->w = write && !freed ? a->word | mask : CELL_NOBODY;
    g->r = 0;
    if (!write) g->w = 0, g->r = a->word | mask;
}

static struct memo *memo_of(const struct granule *g, uint64_t cell, uint32_t site) {
    uint64_t h =
        (g->w ^ g->r * 5 ^ ((uint64_t)g->ws << 32 | g->rs) * 3 ^ cell ^ (uint64_t)site << 17) * 0x9e3779b97f4a7c15u;

    if (unlikely(memo.era != histories.era)) {
        if (memo.era) memset(memo.steps, 0, sizeof memo.steps);
        memo.era = histories.era;
    }
    return &memo.steps[h >> 57];
}
_Static_assert(MEMO_STEPS == 1 << 7, "the hash keeps seven bits");

/* What is owned was never remembered: its handle cannot match. */
bool history_repeat(const struct det_task *t, uint64_t cell, uint32_t site, uint32_t write, struct granule *g) {
    const struct memo *m;

    if (granule_is_extended(g) && history_at(history_of(g))->owner == OWNED)
        return history_step_owned(t, cell, site, write, g);
    m = memo_of(g, cell, site);
    if (((m->cell ^ cell) | (m->before.w ^ g->w) | (m->before.r ^ g->r)) != 0) return false;
    if (((m->site ^ site) | (m->write ^ write) | (m->before.ws ^ g->ws) | (m->before.rs ^ g->rs)) != 0) return false;
    *g = m->after;
    return true;
}

void history_step(struct access *a, struct granule *g, uint64_t mask) {
    struct entry e[HISTORY_MAX + 1];
    uint32_t site, write = a->kind & DET_WRITE;
    struct granule before = *g;
    bool shared = history_is_shared(g);

    if (is_crowd(g)) {
        step_crowd(a, g, mask);
        return;
    }
    site = access_site(a);
    if (history_repeat(a->t, a->word | mask, site, write, g)) return;
    *g = encode(a, &before, e, step_entries(a, e, decode(g, e), mask));
    if (!a->race_count && history_is_shared(g) && shared)
        *memo_of(&before, a->word | mask, site) = (struct memo){before, a->word | mask, site, write, *g};
}

void history_forget(struct granule *g, uint64_t mask) {
    struct access nobody = {.word = 0};
    struct granule before = *g;
    struct entry e[HISTORY_MAX + 1];
    unsigned n, kept = 0;

    if (is_crowd(g)) {
        crowd_forget(crowd_of(history_at(history_of(g))), mask);
        g->w = CELL_NOBODY;
        g->r = 0;
        return;
    }
    n = decode(g, e);
    for (unsigned i = 0; i < n; i++) {
        e[i].cell &= ~mask;
        if (e[i].cell & CELL_MASK) e[kept++] = e[i];
    }
    *g = encode(&nobody, &before, e, kept);
}

/* -- reclaiming, ends -------------------------------------------------------------------------------------------- */

void history_mark(uint32_t history) {
    struct history *h = history_at(history);

    if (h->marked) return;
    h->marked = h->owner != OWNED; /* which no sweep visits */
    if (h->owner == CROWD) {
        crowd_mark(crowd_of(h));
        return;
    }
    for (unsigned i = 0; i < h->count; i++) {
        path_mark(sites_of(h)[i] & SITE_PATH);
        task_mark(cell_stamp(h->cells[i]));
    }
}

/* Frees what is not marked from a list, unmarks the rest. Returns what is left of it. */
static uint32_t sweep_list(uint32_t list) {
    uint32_t left = 0;

    while (list) {
        struct history *h = history_at(list);
        uint32_t next = h->next;

        if (h->marked) {
            h->marked = false;
            h->next = left;
            left = list;
        } else {
            history_free(h);
            histories.used--;
        }
        list = next;
    }
    return left;
}

void history_sweep(void) {
    uint32_t before = histories.used;

    for (uint32_t b = 0; b <= histories.buckets->mask; b++)
        histories.buckets->heads[b] = sweep_list(histories.buckets->heads[b]);
    histories.linked -= before - histories.used;
    histories.crowds = sweep_list(histories.crowds);
    buckets_free(histories.buckets->retired);
    histories.buckets->retired = NULL;
    histories.budget = histories.used * 2 > BUDGET_MIN ? histories.used * 2 : BUDGET_MIN;
    histories.era++;
}

uint32_t history_count(void) { return histories.used; }

void history_engine_init(void) {
    engine_lock_keep(&histories.lock);
    uint32_t era = histories.era + 1;

    memset(&histories, 0, sizeof histories);
    histories.buckets = buckets_new(BUCKETS_MIN);
    if (!histories.buckets) environment_error("mmap", "the memory limit leaves no room for the race detector", 0);
    histories.budget = BUDGET_MIN;
    histories.era = era;
    history_count_processors();
}

void history_engine_fini(void) {
    for (uint32_t h = histories.crowds; h; h = history_at(h)->next)
        if (crowd_of(history_at(h))) crowd_free(crowd_of(history_at(h)));
    buckets_free(histories.buckets);
}

void history_check_granule(const struct granule *g) {
    struct entry e[HISTORY_MAX];
    unsigned n;

    if (!(g->w | g->r)) return;
    goro_assert(!(g->w & CELL_LOCK) && !(g->r & CELL_FREED && g->ws & SITE_EXTENDED && g->w));
    if (is_crowd(g)) {
        crowd_check(crowd_of(history_at(history_of(g))));
        return;
    }
    n = decode(g, e);
    goro_assert(n >= 1 && n <= HISTORY_MAX && granule_is_extended(g) == !mixture_fits(e, n));
    for (unsigned i = 0; i < n; i++) {
        goro_assert(e[i].cell & CELL_MASK && stamp_epoch(cell_stamp(e[i].cell)));
        goro_assert((e[i].site & SITE_PATH) > PATH_NONE && !(e[i].site & SITE_EXTENDED));
    }
}

void history_check(void) {
    uint32_t linked = 0;

    for (uint32_t b = 0; b <= histories.buckets->mask; b++) {
        for (uint32_t h = histories.buckets->heads[b]; h; h = history_at(h)->next, linked++) {
            struct entry e[HISTORY_MAX];

            goro_assert(history_at(h)->owner == SHARED && !history_at(h)->marked);
            goro_assert((hash_of(e, list_of(h, e)) & histories.buckets->mask) == b);
        }
    }
    goro_assert(linked == histories.linked);
    for (uint32_t h = histories.crowds; h; h = history_at(h)->next, linked++)
        goro_assert(history_at(h)->owner == CROWD);
    goro_assert(linked == histories.used);
}
