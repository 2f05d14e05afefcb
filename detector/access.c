/* An access that the fast path did not know: the race check, and what the shadow says afterwards.
 *
 * Three tiers. Most accesses find their granule untouched, or its last write and last read ordered before them by the
 * task's clock, and need the two cells only (step_cells). The rest takes the general form (history.c), which gives the
 * same answers; a test compares the two.
 *
 * Always true
 *  1. Between take_granule and put_granule nothing sleeps and nothing is reported.
 *  2. What an access races with is noted before any word changes, and all words are right again before it is reported.
 *
 * Threads: in parallel mode a granule's words are changed under its lock bit; the fast path reads them without. */
#include "detector/access.h"
#include "detector/granule.h"
#include "detector/history.h"
#include "detector/race.h"
#include "detector/tenancy.h"
#include "detector/world.h"

GORO_NOINLINE uint64_t granule_lock_contended(uint64_t *cell) {
    for (;;) {
        uint64_t w = __atomic_load_n(cell, __ATOMIC_RELAXED);

        /* acquire: pairs with the release in put_granule */
        if (!(w & CELL_LOCK) &&
            __atomic_compare_exchange_n(cell, &w, w | CELL_LOCK, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return w;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
}

/* -- the two cells ------------------------------------------------------------------------------------------------ */

GORO_INLINE bool is_settled(struct access *a, uint64_t cell, uint32_t site, uint64_t mask) {
    return likely(access_knows(a, cell)) || access_settles(a, cell, site, mask);
}

/* The cell after an access of its own kind. False: one cell cannot say it. */
GORO_INLINE bool enter_cell(struct access *a, uint64_t *cell, uint32_t *site, uint64_t mask) {
    uint64_t left = *cell & ~mask;
    uint32_t s = access_site(a);

    if (!(left & CELL_MASK)) *cell = a->word | mask;
    else if (cell_same_stamp(left, a->word) && !((left ^ a->word) & CELL_ATOMIC) && *site == s) *cell = left | mask;
    else return false;
    *site = s;
    return true;
}

GORO_INLINE bool read_cells(struct access *a, struct granule *g, uint64_t mask) {
    if (g->w & mask) {
        bool settled = is_settled(a, g->w, g->ws | SITE_WRITE, mask);

        if (settled && cell_same_stamp(g->w, a->word) && (g->w & mask) == mask && subsumes(g->w, true, a->word, false))
            return true; /* this task's own write of these bytes, in this epoch, says more */
    }
    if (!g->r) {
        g->r = a->word | mask;
        g->rs = access_site(a);
        if (!g->w) g->ws = 0; /* a stale word must not look extended */
        return true;
    }
    if (cell_same_stamp(g->r, a->word) && (g->r & mask) == mask && subsumes(g->r, false, a->word, false)) return true;
    if (g->r & mask && !(subsumes(a->word, false, g->r, false) && access_knows(a, g->r))) return false;
    return enter_cell(a, &g->r, &g->rs, mask);
}

/* Can a cell's bytes be taken out by this write? Notes the race if there is one. */
GORO_INLINE bool may_replace(struct access *a, uint64_t cell, uint32_t site, uint64_t mask) {
    return !(cell & mask) ||
           (is_settled(a, cell, site, mask) && subsumes(a->word, true, cell, site & SITE_WRITE));
}

GORO_INLINE bool write_cells(struct access *a, struct granule *g, uint64_t mask) {
    struct granule n = *g;
    bool w = may_replace(a, g->w, g->ws | SITE_WRITE, mask), r = may_replace(a, g->r, g->rs, mask);

    if (!w || !r) return false;
    n.r &= ~mask;
    if (!(n.r & CELL_MASK)) n.r = 0;
    if (cell_same_stamp(g->w, a->word) && (g->w & mask) == mask && subsumes(g->w, true, a->word, true)) {
        g->r = n.r;
        return true;
    }
    if (!enter_cell(a, &n.w, &n.ws, mask)) return false;
    *g = n;
    return true;
}

/* False: the general form must do it; the granule is unchanged. */
GORO_INLINE bool step_cells(struct access *a, struct granule *g, uint64_t mask) {
    if (granule_is_special(g) || a->kind & DET_FREE) return false;
    return a->kind & DET_WRITE ? write_cells(a, g, mask) : read_cells(a, g, mask);
}

/* -- one access ------------------------------------------------------------------------------------------------------ */

uint32_t access_site_slow(struct access *a) {
    a->site = trail_site(a->t, a->pc);
    if (a->kind & DET_FREE) a->site |= SITE_FREED;
    if (a->kind & DET_MARK) a->site |= SITE_MARK;
    return a->site;
}

static void start_access(struct access *a, struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    a->t = t;
    a->word = cell_of_stamp(t->stamp) | (kind & DET_ATOMIC ? CELL_ATOMIC : 0);
    a->site = 0;
    a->kind = kind;
    a->address = address;
    a->pc = pc;
    a->size = size;
    a->race_count = 0;
    a->raced = 0;
    t->touched = t->stamp; /* this epoch has been used */
}

/* A page whose granules may be changed, for as long as the caller stays inside. */
struct opened {
    struct shadow_chunk *chunk; /* NULL: the access cannot be recorded, or has been found to be one of freed memory */
    bool locks;                 /* others may be changing its granules, too */
};

static GORO_NOINLINE struct shadow_chunk *open_touched_slow(struct access *a, uintptr_t address) {
    struct shadow_chunk *c = shadow_chunk_make(address);
    uint32_t freed;

    if (!c) return NULL;
    freed = __atomic_load_n(&c->pages[shadow_page(address)], __ATOMIC_RELAXED) >> 1;
    if (freed) {
        struct entry e = history_first(freed);

        access_settles(a, e.cell, e.site, CELL_MASK);
        race_report(a, address & ~(uintptr_t)(GRANULE_BYTES - 1));
        return NULL;
    }
    return shadow_page_touch(c, shadow_page(address)) ? c : NULL;
}

GORO_INLINE struct shadow_chunk *open_touched(struct access *a, uintptr_t address) {
    struct shadow_chunk *c = shadow_chunk_of(address);

    if (likely(c) && likely(__atomic_load_n(&c->pages[shadow_page(address)], __ATOMIC_RELAXED) == PAGE_TOUCHED)) return c;
    return open_touched_slow(a, address);
}

/* Outside for a while: the site must be asked for again. */
static GORO_NOINLINE void settle_outside(struct access *a, struct shadow_chunk *c, uintptr_t address) {
    world_leave(a->t);
    tenancy_settle(c, shadow_page(address), a->t);
    world_enter(a->t);
    a->site = 0;
}

GORO_INLINE struct opened open_page(struct access *a, uintptr_t address, bool parallel) {
    struct shadow_chunk *c = open_touched(a, address);

    while (c && parallel) {
        int32_t tenant = tenancy_of(c, shadow_page(address));

        if (likely(tenant == a->t->trail.tenant)) break;
        if (likely(tenant == TENANT_SHARED)) return (struct opened){c, true};
        settle_outside(a, c, address);
        c = open_touched(a, address);
    }
    return (struct opened){c, false};
}

GORO_INLINE void access_granule(struct access *a, uintptr_t address, uint64_t mask, bool parallel) {
    struct opened o = open_page(a, address, parallel);
    struct granule g;
    struct place p;

    if (unlikely(!o.chunk)) return;
    p = place_at(o.chunk, address);
    g = take_granule(p, o.locks);
    if (unlikely(!step_cells(a, &g, mask))) {
        history_step(a, &g, mask);
        note_owner(o.chunk, address, &g);
    }
    put_granule(p, &g);
    if (unlikely(a->race_count)) race_report(a, address & ~(uintptr_t)(GRANULE_BYTES - 1));
}

/* An access of at most 8 bytes, the bytes past the granule's end in the next. */
GORO_INLINE void access_small(struct access *a, uintptr_t address, size_t size, bool parallel) {
    uint64_t mask = cell_bytes(address, size);

    access_granule(a, address, mask & CELL_MASK, parallel);
    if (unlikely(mask >> GRANULE_BYTES))
        access_granule(a, address + GRANULE_BYTES, mask >> GRANULE_BYTES, parallel);
}

/* Addresses that no program of this machine can have: the access itself is about to fail. */
static bool is_impossible(uintptr_t address, size_t n) {
    return address >> ADDRESS_BITS || (address + n - 1) >> ADDRESS_BITS || address + n < address;
}

/* The fast path's question for an access that is not aligned. */
static bool is_repeated(const struct det_task *t, uintptr_t address, size_t size, unsigned kind) {
    uint64_t mask = cell_bytes(address, size);

    return access_is_repeated(t, address, mask & CELL_MASK, kind) &&
           (!(mask >> GRANULE_BYTES) || access_is_repeated(t, address + GRANULE_BYTES, mask >> GRANULE_BYTES, kind));
}

void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    struct access a;

    if (unlikely(t->ignore) || unlikely(is_impossible(address, size))) return;
    if (unlikely(size > GRANULE_BYTES)) {
        det_range(t, address, size, kind, pc);
        return;
    }
    if (address & (size - 1) && !(kind & (DET_FREE | DET_MARK)) && is_repeated(t, address, size, kind)) return;
    start_access(&a, t, address, size, kind, pc);
    world_enter(t);
    if (engine.single) access_small(&a, address, size, false);
    else access_small(&a, address, size, true);
    world_leave(t);
}

/* -- ranges ------------------------------------------------------------------------------------------------------------ */

/* What was done to the granule before: the next one most often has the same words and so gets the same answer. */
struct echo {
    struct granule before, after;
    bool valid;
};

GORO_INLINE bool same_words(const struct granule *a, const struct granule *b) {
    return ((a->w ^ b->w) | (a->r ^ b->r) | (a->ws ^ b->ws) | (a->rs ^ b->rs)) == 0;
}

/* Whole granules of one page, until one has raced: returns how many are done. */
GORO_INLINE size_t access_granules(struct access *a, struct shadow_chunk *c, uintptr_t address, size_t count, bool locks) {
    struct echo e = {.valid = false};

    for (size_t i = 0; i < count; i++, address += GRANULE_BYTES) {
        struct place p = place_at(c, address);
        struct granule g = take_granule(p, locks), before = g;

        if (!(g.w | g.r)) before.ws = before.rs = g.ws = g.rs = 0;
        if (e.valid && same_words(&before, &e.before)) {
            put_granule(p, &e.after);
            continue;
        }
        if (!step_cells(a, &g, CELL_MASK)) {
            history_step(a, &g, CELL_MASK);
            note_owner(c, address, &g);
        }
        put_granule(p, &g);
        e = (struct echo){before, g, !a->race_count && history_is_shared(&g)};
        if (unlikely(a->race_count) && race_report(a, address)) return i + 1;
    }
    return count;
}

/* A whole page that nobody ever touched is freed by one word. */
static bool free_untouched(struct access *a, uintptr_t address, size_t count) {
    struct shadow_chunk *c = shadow_chunk_make(address);
    uint32_t history;

    if (!c || count < PAGE_GRANULES || __atomic_load_n(&c->pages[shadow_page(address)], __ATOMIC_RELAXED)) return false;
    history = history_freed(a->word, access_site(a) & SITE_PATH);
    if (history) shadow_free_pages(address, PAGE_BYTES, history, a->t);
    return true;
}

static void access_page(struct access *a, uintptr_t address, size_t count) {
    if (a->kind & DET_FREE && free_untouched(a, address, count)) return;
    while (count) {
        struct opened o = open_page(a, address, !engine.single);
        size_t done;

        if (!o.chunk) return;
        if (o.locks) done = access_granules(a, o.chunk, address, count, true);
        else done = access_granules(a, o.chunk, address, count, false);
        address += done * GRANULE_BYTES;
        count -= done;
    }
}

static void access_edge(struct access *a, uintptr_t address, size_t n) {
    access_granule(a, address, cell_bytes(address, n) & CELL_MASK, !engine.single);
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void det_range(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc) {
    uintptr_t end = address + n;
    struct access a;
    size_t head = -address & (GRANULE_BYTES - 1);

    if (!n || t->ignore || is_impossible(address, n)) return;
    start_access(&a, t, address, n, kind, pc);
    world_enter(t);
    if (head) {
        access_edge(&a, address, smaller(head, n));
        address += smaller(head, n);
    }
    while (end - address >= GRANULE_BYTES) {
        size_t page = smaller(end - address, PAGE_BYTES - (address & (PAGE_BYTES - 1)));

        access_page(&a, address, page / GRANULE_BYTES);
        address += page & ~(size_t)(GRANULE_BYTES - 1);
    }
    if (end > address) access_edge(&a, address, end - address);
    world_leave(t);
}
