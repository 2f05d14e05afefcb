/* The step of a granule that two cells can say, before and after: what nearly all accesses need.
 *
 * The general form (history_step) gives the same answers; a test compares them. (access_plain.c has the same in
 * registers, for plain accesses.)
 *
 * Threads: as history_step. */
#ifndef GORO_DETECTOR_STEP_H
#define GORO_DETECTOR_STEP_H

#include "detector/history.h"
#include "detector/mixture.h"

/* Does a new access to all of `mask` make what the cell says of these bytes irrelevant (history.h, subsumes)? */
GORO_INLINE bool may_replace(uint64_t word, uint64_t cell, uint64_t mask) {
    return !(cell & mask) || !(word & CELL_ATOMIC) || cell & CELL_ATOMIC;
}

GORO_INLINE bool is_before(const struct det_task *t, uint64_t cell, uint64_t mask) {
    return !(cell & mask) || task_knows(t, cell_stamp(cell));
}

/* The cell after an access of its own kind. False: one cell cannot say it. */
GORO_INLINE bool enter_cell(uint64_t *cell, uint32_t *at, uint64_t word, uint32_t site, uint64_t mask) {
    uint64_t left = *cell & ~mask;

    if (!(left & CELL_MASK)) left = word;
    else if (unlikely((left ^ word) & ~CELL_MASK)) return false;
    else if (*at != site) site = mixture_with(*at, left & CELL_MASK, mask, site);
    *cell = left | mask;
    *at = site;
    return true;
}

/* The granule after an access that everything in its way is before, if two cells can say that. False: the general form must
 * do it; the granule is unchanged. */
GORO_INLINE bool step_cells(const struct det_task *t, uint64_t word, uint32_t site, bool write, uint64_t mask,
                            struct granule *g) {
    uint64_t r = g->r;

    if (unlikely(granule_is_special(g)) || !is_before(t, g->w, mask) || !is_before(t, r, mask))
        return false;
    if (unlikely(!may_replace(word, r, mask))) return false;
    if (write) {
        if (unlikely(!may_replace(word, g->w, mask)) || !enter_cell(&g->w, &g->ws, word, site, mask))
            return false;
        r &= ~mask;
        g->r = r & CELL_MASK ? r : 0;
        return true;
    }
    if (!enter_cell(&g->r, &g->rs, word, site, mask)) return false;
    if (!g->w) g->ws = 0; /* a stale word must not look extended */
    return true;
}

#endif
