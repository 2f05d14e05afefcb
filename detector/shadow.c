/* Shadow memory: the directory, chunks mapped when first touched, pages reset and freed.
 *
 *     address  47      24 23      12 11       3 2  0
 *              directory   page      granule   byte
 *
 * Always true
 *  1. A directory entry changes once, from NULL to a chunk.
 *  2. A granule whose cells are both 0 has not been accessed since its last reset, whatever its site words say.
 *  3. A page's word is 0 only if all its cells are 0; its bytes are counted (arena_charge) while PAGE_TOUCHED is set.
 *
 * Threads: chunks are made under `lock`, found without. Resets store plainly where no granule owns a record: a program that touches memory while it
 * is being allocated or freed has a race on it anyway; words that two threads tear apart stay valid ones, each for
 * itself (the handles in them cannot be reclaimed before both have left the world).
 *
 * Not done
 *  - A linear mapping (shadow = address * 2 + offset), as TSan has it: it fixes where the program may lie, which is
 *    what breaks with every new kernel default. The directory costs one load that hits: 2.1 ns for an 8-byte read that
 *    repeats, called and in a loop over 16 KiB, against 1.6 with a linear mapping; 2.6 against 1.8 over 32 MiB.
 *  - Huge pages for the shadow: sparse heaps would pay 2 MiB for each 0.7 MiB.
 *  - Sites in an array of their own, so that accesses that repeat never pull them in: those that do not repeat then miss
 *    the cache and the TLB twice (half to two thirds of their time in a hash map and a B-tree). */
#include "detector/shadow.h"
#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/granule.h"
#include "detector/frames.h"
#include "detector/heap.h"
#include "detector/history.h"
#include "detector/leftover.h"
#include "detector/lockorder.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/race.h"
#include "detector/tenancy.h"
#include "detector/users.h"
#include "detector/waitgraph.h"
#include "detector/waitgroup.h"
#include "detector/world.h"

#include <string.h>
#include <sys/mman.h>

enum {
    PAGE_SHADOW_BYTES = PAGE_GRANULES * sizeof(struct shadow_granule),
    RELEASE_PAGES = 16, /* runs of so many are given back to the system, shorter ones zeroed */
};
_Static_assert(sizeof(struct shadow_chunk) % PAGE_BYTES == 0, "chunks are whole pages");

struct shadow_chunk *shadow_directory[DIRECTORY_ENTRIES] __attribute__((aligned(PAGE_BYTES)));
static struct engine_lock lock;
static struct shadow_chunk *chunks; /* all of them */
static bool touched_singly;

/* -- chunks --------------------------------------------------------------------------------------------------- */

static struct shadow_chunk *map_chunk(void) {
    void *p = mmap(NULL, sizeof(struct shadow_chunk), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED) return NULL;
    madvise(p, sizeof(struct shadow_chunk), MADV_NOHUGEPAGE);
    madvise(p, sizeof(struct shadow_chunk), MADV_DONTDUMP);
    return p;
}

/* Nothing of it is wanted by a look for what is reached, and it is most of the memory that there is. */
static void advise_chunks(int advice) {
    for (const struct shadow_chunk *c = chunks; c; c = c->next) madvise((void *)(uintptr_t)c, sizeof *c, advice);
}
void det_copy_begin(void) { advise_chunks(MADV_DONTFORK); }
void det_copy_end(void) { advise_chunks(MADV_DOFORK); }

GORO_NOINLINE struct shadow_chunk *shadow_chunk_make(uintptr_t address) {
    struct shadow_chunk **entry = &shadow_directory[shadow_index(address)], *c;

    engine_lock_take(&lock);
    c = *entry;
    if (!c && (c = map_chunk()) != NULL) {
        c->base = address & ~(uintptr_t)(CHUNK_BYTES - 1);
        c->next = chunks;
        chunks = c;
        __atomic_store_n(entry, c, __ATOMIC_RELEASE); /* pairs with shadow_chunk_of */
    }
    engine_lock_drop(&lock);
    if (!c) engine_degraded("no address space for shadow memory: some accesses are not checked");
    return c;
}

void det_touch_singly(void) { touched_singly = true; }

void det_expect(uintptr_t address) {
    ENGINE_SECTION;
    shadow_chunk_make(address);
}

/* -- pages ---------------------------------------------------------------------------------------------------- */

static uint32_t page_word(const struct shadow_chunk *c, size_t page) {
    return __atomic_load_n(&c->pages[page].word, __ATOMIC_RELAXED);
}

static void set_page(struct shadow_chunk *c, size_t page, uint32_t word) {
    __atomic_store_n(&c->pages[page].word, word, __ATOMIC_RELAXED);
}

/* Gives every granule of a page the history of the page. */
static void spread_history(struct shadow_chunk *c, size_t page, uint32_t history) {
    struct granule g = history_freed_granule(history);

    for (size_t i = page * PAGE_GRANULES; i < (page + 1) * PAGE_GRANULES; i++) {
        c->granules[i] = (struct shadow_granule){{g.w, g.r}, {g.ws, g.rs}};
    }
}

enum { READY_BITS = 64 };
/* Was it? Relaxed: who finds a wrong answer makes a page again, or one by one. */
static bool set_ready(struct shadow_chunk *c, size_t page) {
    uint64_t bit = UINT64_C(1) << page % READY_BITS;

    return __atomic_fetch_or(&c->ready[page / READY_BITS], bit, __ATOMIC_RELAXED) & bit;
}
static void clear_ready(struct shadow_chunk *c, size_t page) {
    __atomic_fetch_and(&c->ready[page / READY_BITS], ~(UINT64_C(1) << page % READY_BITS), __ATOMIC_RELAXED);
}

/* An access looks at the cells before it writes them. The kernel maps its page of zeroes for the look, and a page in its
 * place for the write, which it has to tell all processors that run the process: in the sort of bench/detector a fifth of the time. So
 * where memory is used from below upwards the pages ahead are made at once, to be written. (Not the first ones: of a goroutine's stack
 * only a few hundred bytes are used.)
 *
 * How many, from `page` on; 0: none. With the lock. */
static size_t pages_to_make(struct shadow_chunk *c, size_t page) {
    enum { AHEAD = 8 };
    size_t n = 0;

    if (touched_singly || page < 2 || !(page_word(c, page - 1) & page_word(c, page - 2) & PAGE_TOUCHED)) return 0;
    while (n < AHEAD && page + n < CHUNK_PAGES && !set_ready(c, page + n)) n++;
    return n;
}

/* From Linux 5.14 on; on others the accesses make them. */
static void make_pages(struct shadow_chunk *c, size_t page, size_t n) {
    if (n) madvise(&c->granules[page * PAGE_GRANULES], n * PAGE_SHADOW_BYTES, MADV_POPULATE_WRITE);
}

bool shadow_page_touch(struct shadow_chunk *c, size_t page) {
    uint32_t word = page_word(c, page);
    size_t new_pages = 0;
    bool ok = true;

    if (word == PAGE_TOUCHED) return true;
    engine_lock_take(&lock);
    word = page_word(c, page);
    if (!(word & PAGE_TOUCHED)) ok = arena_charge(PAGE_SHADOW_BYTES);
    if (ok) new_pages = pages_to_make(c, page);
    if (ok && word >> 1) spread_history(c, page, word >> 1);
    if (ok) set_page(c, page, PAGE_TOUCHED);
    engine_lock_drop(&lock);
    make_pages(c, page, new_pages);
    if (!ok) engine_degraded("the memory limit leaves no room for shadow memory: some accesses are not checked");
    return ok;
}

static bool page_owns(const struct shadow_chunk *c, size_t page) {
    return __atomic_load_n(&c->owners[page], __ATOMIC_RELAXED);
}

static void zero_granule(struct place p) {
    __atomic_store_n(&p.cells[0], 0, __ATOMIC_RELAXED);
    __atomic_store_n(&p.cells[1], 0, __ATOMIC_RELAXED);
}

static bool may_change(const struct shadow_chunk *c, uintptr_t address, const struct det_task *t) {
    return engine_is_single() || tenancy_allows(c, shadow_page_of(address), t);
}

/* Empties a granule that may own its history. If the page is another thread's, the record is left where nothing refers to
 * it: memory that is freed properly has been through history_step and owns nothing any more. */
static void drop_granule(struct shadow_chunk *c, uintptr_t address, const struct det_task *t) {
    struct place p = place_at(c, address);
    struct granule g, none = {0};

    if (!(p.cells[0] | p.cells[1])) return;
    if (!may_change(c, address, t)) {
        zero_granule(p);
        return;
    }
    g = take_granule(p, !engine_is_single());
    history_drop(&g);
    put_granule(p, &none);
}

static void drop_owned(struct shadow_chunk *c, size_t page, const struct det_task *t) {
    uintptr_t address = c->base + page * PAGE_BYTES;

    if (!page_owns(c, page)) return;
    __atomic_store_n(&c->owners[page], 0, __ATOMIC_RELAXED);
    for (size_t i = 0; i < PAGE_GRANULES; i++) drop_granule(c, address + i * GRANULE_BYTES, t);
}

static void zero_pages(struct shadow_chunk *c, size_t page, size_t count) {
    memset(&c->granules[page * PAGE_GRANULES], 0, count * PAGE_SHADOW_BYTES);
}

/* Gives the memory behind a run of pages back; they read as zero afterwards. In parallel mode the pages stay marked as
 * touched, and counted: somebody who races with the reset may just be writing there, and marking must see that. */
static void release_pages(struct shadow_chunk *c, size_t page, size_t count) {
    madvise(&c->granules[page * PAGE_GRANULES], count * PAGE_SHADOW_BYTES, MADV_DONTNEED);
    for (size_t i = 0; i < count; i++) clear_ready(c, page + i);
    if (!engine_is_single()) return;
    arena_uncharge(count * PAGE_SHADOW_BYTES);
    for (size_t i = 0; i < count; i++) set_page(c, page + i, 0);
}

/* How many touched pages follow each other from `page` on. */
static size_t touched_run(const struct shadow_chunk *c, size_t page, size_t end) {
    size_t n = 0;

    while (page + n < end && page_word(c, page + n) & PAGE_TOUCHED) n++;
    return n;
}

/* The same for several pages, if none is touched: a goroutine's stack is many, which say at its end that they are dead and at
 * the next one's start that they are not. */
enum { MARK_AT_ONCE = 8 };
GORO_INLINE bool mark_several(struct shadow_page *p, uint32_t word) {
    uint32_t any = 0;

#pragma GCC unroll 8
    for (unsigned i = 0; i < MARK_AT_ONCE; i++) any |= __atomic_load_n(&p[i].word, __ATOMIC_RELAXED);
    if (any & PAGE_TOUCHED) return false;
#pragma GCC unroll 8
    for (unsigned i = 0; i < MARK_AT_ONCE; i++) __atomic_store_n(&p[i].word, word, __ATOMIC_RELAXED);
    return true;
}

/* Writes `word` to the pages in front of the first touched one; returns that one, or end. */
static size_t mark_untouched(struct shadow_chunk *c, size_t page, size_t end, uint32_t word) {
    while (page + MARK_AT_ONCE <= end && mark_several(&c->pages[page], word)) page += MARK_AT_ONCE;
    for (; page < end; page++) {
        uint32_t was = page_word(c, page);

        if (was & PAGE_TOUCHED) break;
        if (was != word) set_page(c, page, word);
    }
    return page;
}

/* Empties pages [page, end) of a chunk; `word` without PAGE_TOUCHED is what they say afterwards. */
static void empty_pages(struct shadow_chunk *c, size_t page, size_t end, uint32_t word, const struct det_task *t) {
    while ((page = mark_untouched(c, page, end, word)) < end) {
        size_t run = touched_run(c, page, end);

        for (size_t i = 0; i < run; i++) drop_owned(c, page + i, t);
        if (run >= RELEASE_PAGES) release_pages(c, page, run);
        else zero_pages(c, page, run);
        for (; run; run--, page++) set_page(c, page, (page_word(c, page) & PAGE_TOUCHED) | word);
    }
}

/* -- parts of pages --------------------------------------------------------------------------------------------- */

/* Takes the bytes of `mask` out of everything the granule says. (If somebody took the page since shadow_prepare_reset, he
 * is at work in the very bytes around the block: then all eight are forgotten.) */
static void forget_bytes(struct shadow_chunk *c, uintptr_t address, uint64_t mask, const struct det_task *t) {
    struct place p = place_at(c, address);
    struct granule g;

    if (!may_change(c, address, t)) {
        zero_granule(p);
        return;
    }
    g = take_granule(p, !engine_is_single());
    if (g.w | g.r) {
        history_forget(&g, mask);
        note_owner(c, address, &g);
    }
    put_granule(p, &g);
}

/* Forgets [address, address + n) within one page. */
static void reset_part(struct shadow_chunk *c, uintptr_t address, size_t n, const struct det_task *t) {
    uintptr_t end = address + n;
    bool owns = page_owns(c, shadow_page_of(address));

    if (!page_word(c, shadow_page_of(address))) return;
    if (page_word(c, shadow_page_of(address)) != PAGE_TOUCHED && !shadow_page_touch(c, shadow_page_of(address))) return;
    while (address < end) {
        size_t room = GRANULE_BYTES - (address & (GRANULE_BYTES - 1));
        size_t bytes = end - address < room ? end - address : room;

        if (bytes < GRANULE_BYTES) forget_bytes(c, address, cell_bytes(address, bytes) & CELL_MASK, t);
        else if (owns) drop_granule(c, address, t);
        else zero_granule(place_at(c, address));
        address += bytes;
    }
}

static void settle_page(uintptr_t address, struct det_task *t) {
    struct shadow_chunk *c = shadow_chunk_of(address);

    if (c && page_word(c, shadow_page_of(address))) tenancy_settle(c, shadow_page_of(address), t);
}

void shadow_prepare_reset(uintptr_t address, size_t n, struct det_task *t) {
    if (engine_is_single()) return;
    if (address & (GRANULE_BYTES - 1)) settle_page(address, t);
    if ((address + n) & (GRANULE_BYTES - 1)) settle_page(address + n, t);
}

/* -- the calls ----------------------------------------------------------------------------------------------------- */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void shadow_reset(uintptr_t address, size_t n, const struct det_task *t) {
    while (n) {
        struct shadow_chunk *c = shadow_chunk_of(address);
        size_t in_chunk = smaller(n, CHUNK_BYTES - (address & (CHUNK_BYTES - 1)));
        size_t in_page = smaller(n, PAGE_BYTES - (address & (PAGE_BYTES - 1)));
        size_t step = in_chunk;

        if (c && in_page < PAGE_BYTES) {
            reset_part(c, address, in_page, t);
            step = in_page;
        } else if (c) {
            step = in_chunk & ~(size_t)(PAGE_BYTES - 1);
            empty_pages(c, shadow_page_of(address), shadow_page_of(address) + step / PAGE_BYTES, 0, t);
        }
        address += step;
        n -= step;
    }
}

void shadow_free_pages(uintptr_t address, size_t n, uint32_t history, const struct det_task *t) {
    goro_assert(!(address & (PAGE_BYTES - 1)) && !(n & (PAGE_BYTES - 1)));
    while (n) {
        struct shadow_chunk *c = shadow_chunk_of(address);
        size_t step = smaller(n, CHUNK_BYTES - (address & (CHUNK_BYTES - 1)));

        if (!c) c = shadow_chunk_make(address);
        if (c) empty_pages(c, shadow_page_of(address), shadow_page_of(address) + step / PAGE_BYTES, history << 1, t);
        address += step;
        n -= step;
    }
}

void shadow_each_page(void (*visit)(struct shadow_chunk *c, size_t page, void *arg), void *arg) {
    for (struct shadow_chunk *c = chunks; c; c = c->next)
        for (size_t page = 0; page < CHUNK_PAGES; page++)
            if (c->pages[page].word) visit(c, page, arg);
}

/* -- the room's ends -------------------------------------------------------------------------------------------------- */

static void unmap_chunk(struct shadow_chunk *c) {
    for (size_t page = 0; page < CHUNK_PAGES; page++)
        if (c->pages[page].word & PAGE_TOUCHED) arena_uncharge(PAGE_SHADOW_BYTES);
    shadow_directory[shadow_index(c->base)] = NULL;
    munmap(c, sizeof *c);
}

void shadow_engine_init(void) {
    engine_lock_keep(&lock);
    world_engine_init();
    path_engine_init();
    history_engine_init();
    heap_engine_init();
    race_engine_init();
    ownership_engine_init();
    waitgraph_engine_init();
    lockorder_engine_init();
    waitgroup_engine_init();
    frames_engine_init();
    leftover_engine_init();
    users_engine_init();
}

void shadow_engine_fini(void) {
    race_engine_fini();
    heap_engine_fini();
    history_engine_fini();
    path_engine_fini();
    while (chunks) {
        struct shadow_chunk *c = chunks;

        chunks = c->next;
        unmap_chunk(c);
    }
}

static void check_page(struct shadow_chunk *c, size_t page, void *arg) {
    (void)arg;
    for (size_t i = page * PAGE_GRANULES; i < (page + 1) * PAGE_GRANULES; i++) {
        const struct shadow_granule *at = &c->granules[i];
        struct granule g = {at->cells[0], at->cells[1], at->sites[0], at->sites[1]};

        if (c->pages[page].word & PAGE_TOUCHED) history_check_granule(&g);
        else goro_assert(!(g.w | g.r));
    }
}

static void check_trail(struct det_task *t, void *arg) {
    (void)arg;
    trail_check(t);
}

void shadow_check(void) {
    for (struct shadow_chunk *c = chunks; c; c = c->next) goro_assert(shadow_chunk_of(c->base) == c);
    shadow_each_page(check_page, NULL);
    task_each_alive(check_trail, NULL);
    path_check();
    history_check();
    heap_check();
    lockorder_check();
}

void shadow_engine_stats(struct det_stats *out) {
    out->paths = path_count();
    out->sites = history_count();
    out->heap_blocks = heap_count();
    out->findings = race_count();
}
