/* Steps of granules that own their list, in place: the same as history.c's step_entries between decoding and encoding, which
 * take ten times as long.
 *
 * Several tasks that read the same bytes (a B-tree's upper nodes), fields of one granule that belong to several tasks (the
 * head and the tail of a queue): each epoch's first access comes here.
 *
 * Threads: the granule is taken; nobody else knows its list. */
#include "detector/history_list.h"
#include "detector/mixture.h"

#include <sched.h>

struct plan {
    uint64_t word, mask;
    uint32_t site; /* as it stands in the list */
    bool write;
    uint64_t covered; /* bytes of which this task has done as much in this epoch */
    uint32_t trimmed; /* entries that lose the bytes of mask */
    uint32_t merged;  /* entries of this very access, at other bytes */
    unsigned kept;    /* how many there are left */
    bool others;      /* among them one of the access's kind that the same cell cannot say */
};

/* False: the general form is needed. */
GORO_INLINE bool plan_entry(const struct det_task *t, struct plan *p, unsigned i, uint64_t x, uint32_t site) {
    bool x_write = site & SITE_WRITE, same = !((x ^ p->word) & ~CELL_MASK) && site == p->site, trims = false;

    if (x & p->mask) {
        bool known = task_knows(t, cell_stamp(x));

        if (site & SITE_FREED) return false;
        if (!known && (p->write || x_write) && !(p->word & x & CELL_ATOMIC)) return false; /* a race */
        if (cell_same_stamp(x, p->word) && subsumes(x, x_write, p->word, p->write)) p->covered |= x;
        trims = known && subsumes(p->word, p->write, x, x_write);
    }
    p->trimmed |= (uint32_t)trims << i;
    p->merged |= (uint32_t)same << i;
    if (same || (trims && !(x & ~p->mask & CELL_MASK))) return true;
    p->kept++;
    p->others |= (x ^ p->word) & ~CELL_MASK && x_write == p->write && !(site & SITE_FREED);
    return true;
}

static void carry_out(const struct plan *p, struct history *h) {
    uint32_t *sites = sites_of(h);
    uint64_t add = p->mask;
    unsigned kept = 0;

    for (unsigned i = 0; i < h->count; i++) {
        uint64_t x = h->cells[i];

        if (p->merged >> i & 1) {
            add |= x & CELL_MASK;
            continue;
        }
        if (p->trimmed >> i & 1) x &= ~p->mask;
        if (!(x & CELL_MASK)) continue;
        h->cells[kept] = x;
        sites[kept++] = sites[i];
    }
    h->cells[kept] = p->word | add;
    sites[kept++] = p->site;
    history_set_count(h, kept);
}

/* Two cells again, if they can say it: as encode in history.c. */
static bool shrink(struct history *h, struct granule *g) {
    struct entry e[HISTORY_MAX];

    for (unsigned i = 0; i < h->count; i++) e[i] = (struct entry){h->cells[i], sites_of(h)[i]};
    if (!mixture_fits(e, h->count)) return false;
    *g = mixture_cells(e, h->count);
    history_free(h);
    return true;
}

GORO_INLINE bool knows(const struct det_task *t, uint64_t cell) { return task_knows(t, cell_stamp(cell)); }

bool history_step_owned(const struct det_task *t, uint64_t cell, uint32_t site, bool write, struct granule *g) {
    struct history *h = history_at(history_of(g));
    struct plan p = {.word = cell & ~CELL_MASK, .mask = cell & CELL_MASK, .write = write};
    struct hints told = {0};

    if (unlikely(site & SITE_FREED)) return false;
    if (!write && history_renew(t, cell, site, h, knows)) {
        *g = (struct granule){.w = hint_of_other(g->w, g->r, cell), .r = cell, .ws = g->ws};
        return true;
    }
    p.site = site | (write ? SITE_WRITE : 0);
    for (unsigned i = 0; i < h->count; i++)
        if (!plan_entry(t, &p, i, h->cells[i], sites_of(h)[i])) return false;
    if (p.mask & ~p.covered) {
        if (p.kept + 1 > h->room) return false;
        carry_out(&p, h);
        if (!p.others && shrink(h, g)) return true;
    }
    for (unsigned i = 0; i < h->count; i++) add_hint(&told, p.word, h->cells[i], sites_of(h)[i]);
    *g = hinted_granule(&told, p.word, history_of(g), g);
    return true;
}

uint32_t history_hidden_reads;

void history_count_processors(void) {
    cpu_set_t all;

    history_hidden_reads = sched_getaffinity(0, sizeof all, &all) == 0 && CPU_COUNT(&all) <= 2 ? 0 : 15;
}

/* Several threads that read the same bytes all the time: two find themselves in the cells, but if each of more put himself
 * there the line would go to and fro between the processors. So who is in the list already leaves the granule as it is.
 *
 * The list may change meanwhile, or have become another's. But only t makes entries of t, and what lies within `count`
 * has been in the list while we looked: so this read was, too, before whoever took it out. And it was this granule's list
 * at that time, for it is so afterwards, and its `next` is what it was before.
 *
 * TSan is kept out: it could not know that what is read of a record that is gone is thrown away. */
__attribute__((no_sanitize("thread"))) bool history_has_noted(const struct shadow_granule *at, uint64_t cell) {
    uint32_t word = __atomic_load_n(&at->sites[0], __ATOMIC_ACQUIRE);
    struct history *h = history_at(word & ~SITE_EXTENDED);
    uint32_t next = __atomic_load_n(&h->next, __ATOMIC_ACQUIRE), room = h->room;
    uint32_t count = __atomic_load_n(&h->count, __ATOMIC_ACQUIRE); /* acquire: pairs with the release in history_set_count */
    bool found = false;

    if (!(word & SITE_EXTENDED) || h->owner == CROWD || room > HISTORY_MAX || count > room) return false;
    for (uint32_t i = 0; i < count && !found; i++) {
        uint64_t x = __atomic_load_n(&h->cells[i], __ATOMIC_RELAXED);
        uint32_t site = __atomic_load_n((uint32_t *)(h->cells + room) + i, __ATOMIC_RELAXED);

        found = cell_covers(x, cell & ~CELL_MASK, cell & CELL_MASK) && !(site & (SITE_FREED | SITE_MARK));
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return found && __atomic_load_n(&at->sites[0], __ATOMIC_RELAXED) == word &&
           __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED) | __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED) &&
           __atomic_load_n(&h->next, __ATOMIC_RELAXED) == next;
}
