/* A history as it lies in memory. Private to history*.c. */
#ifndef GORO_DETECTOR_HISTORY_LIST_H
#define GORO_DETECTOR_HISTORY_LIST_H

#include "detector/arena.h"
#include "detector/history.h"
#include "detector/shadow.h"

enum owner { SHARED, OWNED, CROWD };

struct history {
    uint32_t next; /* OWNED: what tells this record from one that had its place before */
    uint8_t count;
    uint8_t room; /* for entries; what is not SHARED may have more than count */
    bool marked;
    uint8_t owner; /* CROWD: the crowd's pointer is cells[0], and `next` links all crowds */
    uint64_t cells[];
    /* followed by `room` sites */
};

GORO_INLINE struct history *history_at(uint32_t handle) { return arena_at(handle); }
GORO_INLINE uint32_t *sites_of(struct history *h) { return (uint32_t *)(h->cells + h->room); }
/* When its entries are there: history_has_noted looks at them meanwhile. */
GORO_INLINE void history_set_count(struct history *h, unsigned n) {
    __atomic_store_n(&h->count, (uint8_t)n, __ATOMIC_RELEASE);
}
void history_free(struct history *h);

/* What the fast path may be told besides the handle (history.c, invariant 4): bytes that the task of `word` has written, or
 * at least read, in its epoch. */
struct hints {
    uint64_t written, seen;
};
GORO_INLINE void add_hint(struct hints *told, uint64_t word, uint64_t cell, uint32_t site) {
    bool write = site & SITE_WRITE;

    if (!cell_same_stamp(cell, word) || site & SITE_FREED) return;
    if (subsumes(cell, write, word, true)) told->written |= cell & CELL_MASK;
    if (subsumes(cell, write, word, false)) told->seen |= cell & CELL_MASK;
}
/* What the first cell may say after a read by the task of `word`: of two that read in turn each finds himself in a cell. */
GORO_INLINE uint64_t hint_of_other(uint64_t w, uint64_t r, uint64_t word) {
    if (!r || r & CELL_FREED || stamp_slot(cell_stamp(r)) == stamp_slot(cell_stamp(word))) return w & CELL_SEEN ? w : 0;
    return r | CELL_SEEN;
}
/* was: before the access. */
GORO_INLINE struct granule hinted_granule(const struct hints *told, uint64_t word, uint32_t handle,
                                          const struct granule *was) {
    uint64_t none = told->seen ? hint_of_other(was->w, was->r, word) : CELL_NOBODY;

    return (struct granule){.w = told->written ? word | told->written : none,
                            .r = told->seen ? word | told->seen : 0,
                            .ws = handle | SITE_EXTENDED};
}

/* A task reads again what several read: its own entry gets the new epoch and place. Other reads do not matter to it, and
 * need not go although it may be after them. False: it has no entry of just these bytes, or a write is in the way. */
GORO_INLINE bool history_renew(const struct det_task *t, uint64_t cell, uint32_t site, struct history *h,
                               bool (*knows)(const struct det_task *t, uint64_t cell)) {
    uint32_t *sites = sites_of(h), slot = stamp_slot(cell_stamp(cell));
    unsigned own = HISTORY_MAX, n = h->count;

    for (unsigned i = 0; i < n; i++) {
        uint64_t x = h->cells[i];

        if (sites[i] & SITE_WRITE) {
            if (x & cell & CELL_MASK && (sites[i] & SITE_FREED || !knows(t, x))) return false;
        } else if (stamp_slot(cell_stamp(x)) == slot && x & cell & CELL_MASK) {
            if (own != HISTORY_MAX || (x ^ cell) & (CELL_ATOMIC | CELL_MASK)) return false;
            own = i;
        }
    }
    if (own == HISTORY_MAX) return false;
    h->cells[own] = cell;
    sites[own] = site;
    return true;
}

/* A task writes again what it alone has written, beside bytes that it or others wrote at another time (two counters in one
 * granule). Its entry gets the new epoch and place, and its read of these bytes goes. `site` is without SITE_WRITE. False:
 * nothing has changed; somebody else has been at these bytes, or two cells could say it. */
GORO_INLINE bool history_renew_write(uint64_t cell, uint32_t site, struct history *h) {
    uint32_t *sites = sites_of(h), slot = stamp_slot(cell_stamp(cell));
    unsigned own = HISTORY_MAX, read = HISTORY_MAX, n = h->count;
    bool others = false;

    for (unsigned i = 0; i < n; i++) {
        uint64_t x = h->cells[i];

        if (!(x & cell & CELL_MASK)) {
            others |= sites[i] & SITE_WRITE && !(sites[i] & SITE_FREED);
            continue;
        }
        if (stamp_slot(cell_stamp(x)) != slot || (x ^ cell) & (CELL_ATOMIC | CELL_MASK) || sites[i] & SITE_FREED)
            return false;
        if (cell_same_stamp(x, cell) && sites[i] & SITE_WRITE) return false;
        if ((sites[i] & SITE_WRITE ? own : read) != HISTORY_MAX) return false;
        if (sites[i] & SITE_WRITE) own = i;
        else read = i;
    }
    if (own == HISTORY_MAX || !others) return false;
    h->cells[own] = cell;
    sites[own] = site | SITE_WRITE;
    if (read == HISTORY_MAX) return true;
    for (unsigned i = read + 1; i < n; i++) h->cells[i - 1] = h->cells[i], sites[i - 1] = sites[i];
    history_set_count(h, n - 1);
    return true;
}

/* A step of a granule that owns its list, in place. False: it is one that needs the general form (a race, a list that must
 * grow, freed memory); nothing has changed. */
bool history_step_owned(const struct det_task *t, uint64_t cell, uint32_t site, bool write, struct granule *g);

/* Without taking the granule: has t, in its epoch, read all the bytes of `cell` already, as the granule's list says? Then this
 * read adds nothing. t is inside. */
bool history_has_noted(const struct shadow_granule *at, uint64_t cell);
/* The mask of a count of such reads that no cell tells of: one in so many takes the granule, so that a cell does again until
 * two others have come. With two processors it is 0, since the two that run find room in the cells. (Four threads on two:
 * n-body does not care; matrix, whose threads take turns at 65,000 granules, took a third more time with 15.) */
void history_count_processors(void); /* sets it */
extern uint32_t history_hidden_reads __attribute__((visibility("hidden")));
GORO_INLINE bool granule_has_noted(struct det_task *t, const struct shadow_granule *at, uint64_t cell) {
    return __atomic_load_n(&at->sites[0], __ATOMIC_RELAXED) & SITE_EXTENDED && ++t->hidden & history_hidden_reads &&
           history_has_noted(at, cell);
}

#endif
