/* Histories: what a granule keeps when one write and one read cell are not enough.
 *
 * Fields of different owners or epochs in one granule, several unordered readers, atomic and plain accesses side by
 * side, freed memory: then the granule's site word names a *history*, a list of entries, and its two cells are only
 * what the fast path may be told. Histories are immutable and interned: a million structs whose two ints were written at
 * the same two lines share one. Where granules turn out not to look alike (messages, each of an epoch of its own) a list
 * is not interned but *owned* by its granule and changed in place; so is a *crowd* (crowd.h), a list of more than
 * HISTORY_MAX entries.
 *
 * Threads: any that is inside the world; a granule's lock is held where its words change. */
#ifndef GORO_DETECTOR_HISTORY_H
#define GORO_DETECTOR_HISTORY_H

#include "detector/cell.h"
#include "detector/engine.h"
#include "detector/task.h"

enum { HISTORY_MAX = 16, RACES_MAX = 12 };

/* An access that was, with the bytes of it that no later one has made irrelevant. */
struct entry {
    uint64_t cell; /* without lock */
    uint32_t site; /* with SITE_WRITE, SITE_FREED, SITE_MARK */
};

/* A granule's words, out of memory. `ws` and `rs` mean nothing while w and r are both 0. */
struct granule {
    uint64_t w, r;
    uint32_t ws, rs;
};

/* Can the run be reordered so that the race comes about, and how? */
struct handover {
    bool allowed;
    struct finding_handover how;
};

/* An access that is being made. */
struct access {
    struct det_task *t;
    uint64_t word; /* its cell, mask 0 */
    uint32_t site; /* its site with flags and without SITE_WRITE; 0: not asked for yet (access_site) */
    unsigned kind; /* enum det_access_kind */
    uintptr_t address, pc;
    size_t size;
    /* what it races with in the granule just done */
    unsigned race_count;
    uint64_t raced; /* bytes that `races` accounts for */
    struct entry races[RACES_MAX];
    struct handover *handovers; /* reorder.c's, one for each of them; not to be looked at by others */
};

uint32_t access_site_slow(struct access *a);
GORO_INLINE uint32_t access_site(struct access *a) { return likely(a->site) ? a->site : access_site_slow(a); }

GORO_INLINE bool granule_is_extended(const struct granule *g) { return (g->w | g->r) && g->ws & SITE_EXTENDED; }
/* Must the general form look at it? */
GORO_INLINE bool granule_is_special(const struct granule *g) {
    return granule_is_extended(g) || unlikely(g->r & CELL_FREED);
}

/* Is what the entry stands for before this access? If it is not, and the two conflict, that is a race and is noted; we
 * then go on as if it were. */
bool access_settles(struct access *a, uint64_t cell, uint32_t site, uint64_t mask);
GORO_INLINE bool access_knows(const struct access *a, uint64_t cell) { return task_knows(a->t, cell_stamp(cell)); }

/* Does making the access `strong` (a word with its site) make an earlier, ordered `weak` one to the same bytes
 * irrelevant? Yes if whatever conflicts with the weak conflicts with the strong. */
GORO_INLINE bool subsumes(uint64_t strong, bool strong_write, uint64_t weak, bool weak_write) {
    return (strong_write || !weak_write) && (!(strong & CELL_ATOMIC) || weak & CELL_ATOMIC);
}

/* Applies the access to `mask` of the granule, whatever state it is in. */
void history_step(struct access *a, struct granule *g, uint64_t mask);

/* The same for the two steps that are made most, if this is one of them: one that has been made a moment ago, and a task's
 * next read at the same site. False: the granule is as it was. */
bool history_repeat(const struct det_task *t, uint64_t cell, uint32_t site, uint32_t write, struct granule *g);

/* Takes the bytes of `mask` out of everything the granule says. */
void history_forget(struct granule *g, uint64_t mask);

/* The history of a whole page that was freed by `word` at `site`; 0 if there is no memory (said as degraded). And what
 * each of its granules says. */
uint32_t history_freed(uint64_t word, uint32_t site);
struct granule history_freed_granule(uint32_t history);
/* The first entry of a history: the one that freed a page. */
struct entry history_first(uint32_t history);
/* What the granule says; room for HISTORY_MAX entries and for two mixtures. False: it is a crowd. */
bool history_entries(const struct granule *g, struct entry *e, unsigned *n);
GORO_INLINE uint32_t history_of(const struct granule *g) { return g->ws & ~SITE_EXTENDED; }
/* May the words be copied to another granule? */
bool history_is_shared(const struct granule *g);
/* The granule, locked, is about to be reset: gives back what only it refers to. */
void history_drop(const struct granule *g);

/* Reclaiming, world stopped. */
void history_mark(uint32_t history);
void history_sweep(void);

uint32_t history_count(void);
void history_engine_init(void);
void history_engine_fini(void);
void history_check_granule(const struct granule *g);
void history_check(void);

#endif
