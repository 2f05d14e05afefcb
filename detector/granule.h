/* A granule's words in shadow memory: finding them, taking them, putting them back.
 *
 * Threads: in parallel mode whoever changes a granule holds the lock bit of its first cell; the fast path reads both
 * cells without. Nothing waits for anything else while it holds a granule. */
#ifndef GORO_DETECTOR_GRANULE_H
#define GORO_DETECTOR_GRANULE_H

#include "detector/history.h"
#include "detector/shadow.h"

struct place {
    uint64_t *cells;
    uint32_t *sites;
};

GORO_INLINE struct place place_at(struct shadow_chunk *c, uintptr_t address) {
    size_t i = shadow_granule(address);

    return (struct place){c->cells[i], c->sites[i]};
}

uint64_t granule_lock_contended(uint64_t *cell);

GORO_INLINE uint64_t lock_cell(uint64_t *cell) {
    uint64_t w = __atomic_load_n(cell, __ATOMIC_RELAXED);

    /* acquire: pairs with the release in put_granule */
    if (likely(!(w & CELL_LOCK)) &&
        likely(__atomic_compare_exchange_n(cell, &w, w | CELL_LOCK, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        return w;
    return granule_lock_contended(cell);
}

GORO_INLINE struct granule take_granule(struct place p, bool locks) {
    uint64_t w = locks ? lock_cell(&p.cells[0]) : p.cells[0];

    return (struct granule){.w = w, .r = p.cells[1], .ws = p.sites[0], .rs = p.sites[1]};
}

/* The relaxed stores are for the fast path's loads; the release pairs with lock_cell. */
GORO_INLINE void put_granule(struct place p, const struct granule *g) {
    p.sites[0] = g->ws;
    p.sites[1] = g->rs;
    __atomic_store_n(&p.cells[1], g->r, __ATOMIC_RELAXED);
    __atomic_store_n(&p.cells[0], g->w, __ATOMIC_RELEASE);
}

/* Remembers that a granule of the page owns its history, for whoever resets the page. */
GORO_INLINE void note_owner(struct shadow_chunk *c, uintptr_t address, const struct granule *g) {
    if (granule_is_extended(g) && !history_is_shared(g))
        __atomic_store_n(&c->owners[shadow_page(address)], 1, __ATOMIC_RELAXED);
}

#endif
