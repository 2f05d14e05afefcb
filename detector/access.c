/* An access that the fast path did not know: the race check, and what the shadow says afterwards.
 *
 * Three tiers. Most accesses find their granule untouched, or its last write and last read ordered before them by the
 * task's clock, and need the two cells only (step_cells), or repeat a step of another granule (history_repeat): these
 * are made in registers (access_simply). The rest takes the general form (history.c), which gives the same answers; a
 * test compares them.
 *
 * Always true
 *  1. Between take_granule and put_granule nothing sleeps and nothing is reported.
 *  2. What an access races with is noted before any word changes, and all words are right again before it is reported.
 *
 * Threads: in parallel mode a granule's words are changed under its lock bit; the fast path reads them without. */
#include "detector/access.h"
#include "detector/frames.h"
#include "detector/granule.h"
#include "detector/history_list.h"
#include "detector/history.h"
#include "detector/mixture.h"
#include "detector/race.h"
#include "detector/reorder.h"
#include "detector/step.h"
#include "detector/tenancy.h"
#include "detector/world.h"

#include <sched.h>

enum { LOCK_SPINS = 100 };

/* A few turns are enough for a holder that runs; one that lost its processor needs ours. (Measured: 25 of 100 samples of
 * four threads that read the same bodies, on two processors, were spent here.) */
GORO_NOINLINE uint64_t granule_lock_contended(uint64_t *cell) {
    for (unsigned i = 1;; i++) {
        uint64_t w = __atomic_load_n(cell, __ATOMIC_RELAXED);

        /* acquire: pairs with the release in put_granule */
        if (!(w & CELL_LOCK) &&
            __atomic_compare_exchange_n(cell, &w, w | CELL_LOCK, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return w;
        if (i % LOCK_SPINS == 0) sched_yield();
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
}

/* -- one access ------------------------------------------------------------------------------------------------------ */

uint32_t access_site_slow(struct access *a) {
    a->site = trail_site(a->t, a->pc);
    if (a->kind & DET_LEFT) a->site = frames_left_site(a->t, a->site);
    if (a->kind & DET_FREE) a->site |= SITE_FREED;
    if (a->kind & DET_MARK) a->site |= SITE_MARK;
    return a->site;
}

static void start_access(struct access *a, struct det_task *t, uintptr_t address, size_t size, unsigned kind,
                         uintptr_t pc) {
    a->t = t;
    a->word = t->word | (kind & DET_ATOMIC ? CELL_ATOMIC : 0);
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
    freed = __atomic_load_n(&c->pages[shadow_page_of(address)].word, __ATOMIC_RELAXED) >> 1;
    if (freed) {
        struct entry e = history_first(freed);

        access_settles(a, e.cell, e.site, CELL_MASK);
        race_report(a, address & ~(uintptr_t)(GRANULE_BYTES - 1));
        return NULL;
    }
    return shadow_page_touch(c, shadow_page_of(address)) ? c : NULL;
}

GORO_INLINE struct shadow_chunk *open_touched(struct access *a, uintptr_t address) {
    struct shadow_chunk *c = shadow_chunk_of(address);

    if (likely(c) && likely(__atomic_load_n(&c->pages[shadow_page_of(address)].word, __ATOMIC_RELAXED) == PAGE_TOUCHED))
        return c;
    return open_touched_slow(a, address);
}

/* Outside for a while: the site must be asked for again. */
static GORO_NOINLINE void settle_outside(struct access *a, struct shadow_chunk *c, uintptr_t address) {
    world_leave(a->t);
    tenancy_settle(c, shadow_page_of(address), a->t);
    world_enter(a->t);
    a->site = 0;
}

GORO_INLINE struct opened open_page(struct access *a, uintptr_t address, bool parallel) {
    struct shadow_chunk *c = open_touched(a, address);

    while (c && parallel) {
        int32_t tenant = tenancy_of(c, shadow_page_of(address));

        if (likely(tenant == a->t->trail.page.tenant)) break;
        if (likely(tenant == TENANT_SHARED)) return (struct opened){c, true};
        settle_outside(a, c, address);
        c = open_touched(a, address);
    }
    return (struct opened){c, false};
}

GORO_INLINE void step_granule(struct access *a, struct shadow_chunk *c, uintptr_t address, struct granule *g,
                              uint64_t mask) {
    bool write = a->kind & DET_WRITE;

    if (!(a->kind & DET_FREE) && step_cells(a->t, a->word, access_site(a), write, mask, g)) return;
    history_step(a, g, mask);
    note_owner(c, address, g);
}

static void access_granule(struct access *a, uintptr_t address, uint64_t mask) {
    struct opened o = open_page(a, address, !engine_is_single());
    struct granule g;
    struct place p;

    if (unlikely(!o.chunk)) return;
    p = place_at(o.chunk, address);
    g = take_granule(p, o.locks);
    step_granule(a, o.chunk, address, &g, mask);
    put_granule(p, &g);
    if (unlikely(a->race_count)) race_report(a, address & ~(uintptr_t)(GRANULE_BYTES - 1));
}

/* -- small accesses ---------------------------------------------------------------------------------------------------- */

/* Not inlined: it needs the granule in memory, the rest of access_simply has it in registers. */
static GORO_NOINLINE bool repeat_step(const struct det_task *t, uint64_t cell, uint32_t site, bool write,
                                      struct place p, uint64_t w, bool locks) {
    struct granule g = {.w = w, .r = p.cells[1], .ws = p.sites[0], .rs = p.sites[1]};
    bool done = history_repeat(t, cell, site, write, &g);

    if (done || locks) put_granule(p, &g);
    return done;
}

/* The same of a granule that has been taken. False: it has not been made, and the granule is free again. */
GORO_INLINE bool step_taken(const struct det_task *t, uint64_t word, uint32_t site, bool write, uint64_t mask,
                            struct place p, struct granule *g, bool locks) {
    if (unlikely(!step_cells(t, word, site, write, mask, g)))
        return repeat_step(t, word | mask, site, write, p, g->w, locks);
    put_granule(p, g);
    return true;
}

/* An access to `mask` of one granule where the page is open to this task and two cells, or a step of the history that
 * has been made before, can say it: what nearly all need, in registers. False: it has not been made. */
GORO_INLINE bool access_simply(struct det_task *t, uintptr_t address, uint64_t mask, unsigned kind, uintptr_t pc,
                               bool parallel) {
    struct shadow_chunk *c = shadow_chunk_of(address);
    uint64_t word = t->word | (kind & DET_ATOMIC ? CELL_ATOMIC : 0);
    bool write = kind & DET_WRITE, locks = false;
    size_t page = shadow_page_of(address);
    struct granule g;
    struct place p;
    uint32_t site;

    if (unlikely(!c) || unlikely(__atomic_load_n(&c->pages[page].word, __ATOMIC_RELAXED) != PAGE_TOUCHED)) return false;
    if (parallel && tenancy_of(c, page) != t->trail.page.tenant) {
        if (unlikely(tenancy_of(c, page) != TENANT_SHARED)) return false;
        locks = true;
    }
    p = place_at(c, address);
    if (locks && !write && word == t->word && granule_has_noted(t, shadow_at(c, address), word | mask)) return true;
    t->touched = t->stamp; /* this epoch has been used */
    site = trail_site(t, pc) | (kind & DET_MARK ? SITE_MARK : 0);
    g = take_granule(p, locks);
    return step_taken(t, word, site, write, mask, p, &g, locks);
}

static GORO_NOINLINE void access_generally(struct det_task *t, uintptr_t address, size_t size, unsigned kind,
                                           uintptr_t pc, uintptr_t at, uint64_t mask) {
    struct access a;

    start_access(&a, t, address, size, kind, pc);
    access_granule(&a, at, mask);
}

void access_taken(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc, struct shadow_granule *at,
                  struct taking how) {
    struct place p = {at->cells, at->sites};
    /* relaxed: nobody changes it, but others may be trying to lock it */
    uint64_t w = __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED) & ~CELL_LOCK;
    struct granule g = {.w = w, .r = at->cells[1], .ws = at->sites[0], .rs = at->sites[1]};

    if (t->heard) task_renew_bounds(t);
    if (unlikely(!step_taken(t, t->word, how.site, how.write, mask, p, &g, how.locks)))
        access_generally(t, address, (size_t)__builtin_popcountll(mask),
                         (how.write ? DET_WRITE : DET_READ) | (how.site & SITE_MARK ? DET_MARK : 0), pc, address, mask);
    world_leave(t);
}

/* Inside: what the bytes of each granule make of the access. */
static void access_pieces(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    size_t bytes;

    for (uintptr_t at = address, end = address + size; at < end; at += bytes) {
        size_t room = GRANULE_BYTES - (at & (GRANULE_BYTES - 1));
        uint64_t mask;

        bytes = end - at < room ? end - at : room;
        mask = cell_bytes(at, bytes);
        if (access_is_repeated(t, at, mask, kind)) continue;
        if (access_simply(t, at, mask, kind, pc, !engine_is_single())) continue;
        access_generally(t, address, size, kind, pc, at, mask);
    }
}

/* Addresses that no program of this machine can have: the access itself is about to fail. */
GORO_INLINE bool is_impossible(uintptr_t address, size_t n) {
    return (address | (address + n - 1)) >> ADDRESS_BITS || address + n < address;
}

GORO_INLINE bool is_special(unsigned kind) { return kind & (DET_FREE | DET_MARK); }

void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    ENGINE_SECTION;
    uint64_t mask;

    if (unlikely(is_impossible(address, size)) || (unlikely(t->ignore) && likely(!reorder_on))) return;
    if (unlikely(is_special(kind)) || unlikely(reorder_on)) {
        det_range(t, address, size, kind, pc);
        return;
    }
    world_enter(t);
    mask = cell_bytes(address, size);
    if (unlikely(size > GRANULE_BYTES) || unlikely(mask & ~CELL_MASK)) access_pieces(t, address, size, kind, pc);
    else if (!access_simply(t, address, mask, kind, pc, !engine_is_single()))
        access_generally(t, address, size, kind, pc, address, mask);
    world_leave(t);
}

/* -- ranges ------------------------------------------------------------------------------------------------------------ */

enum { PIECES_MAX = 2 * GRANULE_BYTES }; /* up to here the loop below does not pay */

/* What was done to the granule before: the next one most often has the same words and so gets the same answer. */
struct echo {
    struct granule before, after;
    bool valid;
};

GORO_INLINE bool same_words(const struct granule *a, const struct granule *b) {
    return ((a->w ^ b->w) | (a->r ^ b->r) | (a->ws ^ b->ws) | (a->rs ^ b->rs)) == 0;
}

/* Whole granules of one page, until one has raced: returns how many are done. */
GORO_INLINE size_t access_granules(struct access *a, struct shadow_chunk *c, uintptr_t address, size_t count,
                                   bool locks) {
    struct echo e = {.valid = false};

    for (size_t i = 0; i < count; i++, address += GRANULE_BYTES) {
        struct place p = place_at(c, address);
        struct granule g = take_granule(p, locks), before = g;

        if (!(g.w | g.r)) before.ws = before.rs = g.ws = g.rs = 0;
        if (e.valid && same_words(&before, &e.before)) {
            put_granule(p, &e.after);
            continue;
        }
        step_granule(a, c, address, &g, CELL_MASK);
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

    if (!c || count < PAGE_GRANULES || __atomic_load_n(&c->pages[shadow_page_of(address)].word, __ATOMIC_RELAXED))
        return false;
    history = history_freed(a->word, access_site(a) & SITE_PATH);
    if (history) shadow_free_pages(address, PAGE_BYTES, history, a->t);
    return true;
}

static void access_page(struct access *a, uintptr_t address, size_t count) {
    if (a->kind & DET_FREE && free_untouched(a, address, count)) return;
    while (count) {
        struct opened o = open_page(a, address, !engine_is_single());
        size_t done;

        if (!o.chunk) return;
        if (o.locks) done = access_granules(a, o.chunk, address, count, true);
        else done = access_granules(a, o.chunk, address, count, false);
        address += done * GRANULE_BYTES;
        count -= done;
    }
}

static void access_edge(struct access *a, uintptr_t address, size_t n) {
    access_granule(a, address, cell_bytes(address, n) & CELL_MASK);
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void det_range(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc) {
    ENGINE_SECTION;
    uintptr_t end = address + n;
    struct access a;
    size_t head = -address & (GRANULE_BYTES - 1);

    if (!n || is_impossible(address, n)) return;
    if (unlikely(reorder_on)) {
        reorder_access(t, address, n, kind, pc);
        return;
    }
    if (t->ignore) return;
    world_enter(t);
    if (n <= PIECES_MAX && !(kind & (DET_FREE | DET_LEFT))) {
        access_pieces(t, address, n, kind, pc);
        world_leave(t);
        return;
    }
    start_access(&a, t, address, n, kind, pc);
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
