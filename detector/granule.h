/* A granule's words in shadow memory: finding them, taking them, putting them back.
 *
 * Threads: in parallel mode whoever changes a granule holds the lock bit of its first cell; the fast path reads both
 * cells without. Nothing waits for anything else while it holds a granule. */
#ifndef GORO_DETECTOR_GRANULE_H
#define GORO_DETECTOR_GRANULE_H

#include "detector/history.h"
#include "detector/shadow.h"

/* How a granule has been taken, in one register. */
struct taking {
    uint32_t site;
    bool locks, write;
};

struct place {
    uint64_t *cells;
    uint32_t *sites;
};

GORO_INLINE struct place place_at(struct shadow_chunk *c, uintptr_t address) {
    struct shadow_granule *g = shadow_at(c, address);

    return (struct place){g->cells, g->sites};
}

uint64_t granule_lock_contended(uint64_t *cell);
/* Inside: goes on with a plain access whose granule is taken, in whatever form it needs, and leaves. */
void access_taken(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc, struct shadow_granule *at,
                  struct taking how);

/* One try; *w: what was in the cell. One instruction (lock bts), where a compare-exchange needs four before it. */
GORO_INLINE bool try_lock_cell(uint64_t *cell, uint64_t *w) {
    /* acquire: pairs with the release in put_granule */
    if (unlikely(__atomic_fetch_or(cell, CELL_LOCK, __ATOMIC_ACQUIRE) & CELL_LOCK)) return false;
    *w = __atomic_load_n(cell, __ATOMIC_RELAXED) & ~CELL_LOCK; /* relaxed: nobody else changes it now */
    return true;
}

GORO_INLINE uint64_t lock_cell(uint64_t *cell) {
    uint64_t w;

    return likely(try_lock_cell(cell, &w)) ? w : granule_lock_contended(cell);
}

GORO_INLINE struct granule take_granule(struct place p, bool locks) {
    uint64_t w = locks ? lock_cell(&p.cells[0]) : p.cells[0];

    return (struct granule){.w = w, .r = p.cells[1], .ws = p.sites[0], .rs = p.sites[1]};
}

/* The relaxed stores are for the loads of who has not taken it; the release pairs with lock_cell. */
GORO_INLINE void put_granule(struct place p, const struct granule *g) {
    __atomic_store_n(&p.sites[0], g->ws, __ATOMIC_RELAXED);
    p.sites[1] = g->rs;
    __atomic_store_n(&p.cells[1], g->r, __ATOMIC_RELAXED);
    __atomic_store_n(&p.cells[0], g->w, __ATOMIC_RELEASE);
}

/* Remembers that a granule of the page owns its history, for whoever resets the page. */
GORO_INLINE void note_owner(struct shadow_chunk *c, uintptr_t address, const struct granule *g) {
    if (granule_is_extended(g) && !history_is_shared(g))
        __atomic_store_n(&c->owners[shadow_page_of(address)], 1, __ATOMIC_RELAXED);
}

#endif
