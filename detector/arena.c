/* The engine's memory: size classes over one reserved region, per-thread caches in front, maps beside it.
 *
 *     region  [ zeros, read-only | span | span | … | committed up to here … | reserved, no access ]
 *     span    64 KiB of objects of one class, handed to one cache and carved there as needed
 *     cache   per class: a free list, and the rest of its current span
 *     depot   per class: batches of free objects that caches gave back; a batch is a list, batches are chained
 *             through the second word of their first object
 *
 * Always true
 *  1. A free object's first word links it to the next; nothing else of it is touched while it is free.
 *  2. Handle 0 is no object's: the region's first page reads as zeros for ever (clock.c's empty node).
 *  3. touched counts every span, map and charge; it passes the limit only by _essential calls.
 *
 * Threads: a cache belongs to one thread (engine.anywhere: to whoever is inside, `home`). The depot, the region's end
 * and the list of caches are under depot_lock. Counts of bytes are relaxed atomics.
 *
 * Not done: returning spans to the system (the detector's need rarely falls, and spans mix lifetimes); per-CPU caches
 * by rseq (a thread's cache is as cheap and needs no kernel). */
#include "detector/arena.h"
#include "detector/engine.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
    UNIT_CLASSES = 32,                           /* 8, 16, …, 256 */
    STEP_CLASSES = 24,                           /* four per doubling from 320 to 16,384 */
    CLASSES = UNIT_CLASSES + STEP_CLASSES,
    SPAN_BYTES = 64 << 10,
    COMMIT_BYTES = 2 << 20,                      /* and aligned so: one huge page */
    HUGE_FROM = 16 << 20,
    SPARES = 4,
    SPARE_BYTES_MAX = 64 << 10,
    PAGE_BYTES = 4096,
};
#define REGION_BYTES_MAX ((size_t)ARENA_UNIT << 32)
#define REGION_BYTES_MIN ((size_t)256 << 20)

struct object {
    struct object *next;
    struct object *next_batch; /* of a batch's first object, in the depot */
};

struct shelf { /* one class in one cache */
    struct object *free;
    uint32_t count;
    char *at, *end; /* what is left of the span in use */
};

struct arena_cache {
    struct shelf shelves[CLASSES];
    struct arena_cache *next;      /* of all */
    struct arena_cache *next_idle; /* its thread has ended */
};

char *arena_base;

static struct {
    struct engine_lock lock;
    char *start, *next, *committed, *end;
    struct object *batches[CLASSES];
    struct arena_cache *caches, *idle;
    bool home_taken;
    size_t touched;
    struct spare { /* maps that were given back: zeroed, and not counted. bytes 0: none */
        void *at;
        size_t bytes;
    } spares[SPARES];
} depot;
static struct arena_cache home;

static __thread __attribute__((tls_model("initial-exec"))) struct {
    uint32_t generation;
    struct arena_cache *cache;
} mine;

/* -- classes ------------------------------------------------------------------------------------------------- */

static unsigned class_of(size_t n) {
    if (n <= 2 * ARENA_UNIT) return 1; /* an object holds two links */
    if (n <= UNIT_CLASSES * ARENA_UNIT) return (unsigned)((n + ARENA_UNIT - 1) / ARENA_UNIT - 1);
    unsigned log = 63 - (unsigned)__builtin_clzl(n - 1); /* 2^log <= n-1 < 2^(log+1), log >= 8 */
    unsigned quarter = (unsigned)((n - 1) >> (log - 2)) & 3;
    return UNIT_CLASSES + (log - 8) * 4 + quarter;
}

static size_t class_bytes(unsigned c) {
    if (c < UNIT_CLASSES) return ((size_t)c + 1) * ARENA_UNIT;
    unsigned step = c - UNIT_CLASSES, log = 8 + step / 4;
    return ((size_t)1 << log) + ((size_t)(step % 4 + 1) << (log - 2));
}

static unsigned class_batch(unsigned c) {
    size_t n = 8192 / class_bytes(c);
    return n < 2 ? 2 : n > 64 ? 64 : (unsigned)n;
}

/* -- bytes ---------------------------------------------------------------------------------------------------- */

static void count_bytes(size_t n) { __atomic_fetch_add(&depot.touched, n, __ATOMIC_RELAXED); } /* a statistic */

static bool within_limit(size_t n) {
    size_t limit = engine.config.memory_limit_bytes;
    return !limit || __atomic_load_n(&depot.touched, __ATOMIC_RELAXED) + n <= limit; /* relaxed: may overshoot by
                                                                                      * one request per thread */
}

bool arena_charge(size_t n) {
    if (!within_limit(n)) return false;
    count_bytes(n);
    return true;
}

void arena_uncharge(size_t n) { __atomic_fetch_sub(&depot.touched, n, __ATOMIC_RELAXED); }

size_t arena_bytes(void) { return __atomic_load_n(&depot.touched, __ATOMIC_RELAXED); }

/* -- the region ------------------------------------------------------------------------------------------------- */

/* The region's mappings are made at once, so that growing it only moves the border between two: a program that uses up
 * the kernel's number of mappings (a million stacks with guards) does not stop us. From HUGE_FROM on, huge pages: a
 * walk over big trees misses the TLB less, and a fault brings 2 MiB. */
static bool divide_region(char *start, char *end) {
    if (mprotect(start, COMMIT_BYTES, PROT_READ | PROT_WRITE) != 0) return false;
    if (mprotect(start + HUGE_FROM, COMMIT_BYTES, PROT_READ | PROT_WRITE) != 0) return false;
    madvise(start + HUGE_FROM, (size_t)(end - start) - HUGE_FROM, MADV_HUGEPAGE); /* or not, if the kernel has none */
    return true;
}

/* A process under `ulimit -v` gets a smaller region; a smaller engine is better than none. */
static void reserve_region(void) {
    for (size_t n = REGION_BYTES_MAX; n >= REGION_BYTES_MIN; n /= 2) {
        void *p = mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) continue;
        uintptr_t first = ((uintptr_t)p + PAGE_BYTES + COMMIT_BYTES - 1) & ~(uintptr_t)(COMMIT_BYTES - 1);
        arena_base = p;
        depot.start = depot.next = (char *)first;
        depot.committed = depot.start + COMMIT_BYTES;
        depot.end = (char *)p + n;
        if (mprotect(p, PAGE_BYTES, PROT_READ) != 0 || !divide_region(depot.start, depot.end))
            environment_error("mprotect", "no memory for the race detector", errno);
        return;
    }
    environment_error("mmap", "the race detector needs at least 256 MB of address space (ulimit -v)", errno);
}

/* By one step, unless there is room for so many bytes. */
static bool commit_locked(size_t bytes) {
    if (depot.next + bytes <= depot.committed) return true;
    if (depot.committed + COMMIT_BYTES > depot.end) return false;
    int saved = errno;
    bool done = mprotect(depot.committed, COMMIT_BYTES, PROT_READ | PROT_WRITE) == 0;
    errno = saved;
    if (done) depot.committed += COMMIT_BYTES;
    return done;
}

static char *take_span(bool essential) {
    char *span = NULL;
    engine_lock_take(&depot.lock);
    if ((essential || within_limit(SPAN_BYTES)) && commit_locked(SPAN_BYTES)) {
        span = depot.next;
        depot.next += SPAN_BYTES;
        count_bytes(SPAN_BYTES);
    }
    engine_lock_drop(&depot.lock);
    return span;
}

void det_expect_objects(size_t bytes) {
    bool more = bytes <= HUGE_FROM; /* from there on a fault brings 2 MiB */
    ENGINE_SECTION;
    engine_lock_take(&depot.lock);
    while (more && depot.next + bytes > depot.committed) more = commit_locked(bytes);
    engine_lock_drop(&depot.lock);
}

/* -- caches ------------------------------------------------------------------------------------------------------ */

static struct arena_cache *new_cache_locked(void) {
    struct arena_cache *c = depot.idle;
    if (c) {
        depot.idle = c->next_idle;
        return c;
    }
    if (!depot.home_taken) {
        depot.home_taken = true;
        return &home;
    }
    c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED) environment_error("mmap", "no memory for a thread of the race detector", errno);
    c->next = depot.caches;
    depot.caches = c;
    return c;
}

static GORO_COLD struct arena_cache *attach_cache(void) {
    engine_lock_take(&depot.lock);
    mine.cache = new_cache_locked();
    mine.generation = engine.generation;
    engine_lock_drop(&depot.lock);
    return mine.cache;
}

GORO_INLINE struct arena_cache *my_cache(void) {
    if (engine.anywhere) return &home;
    if (likely(mine.generation == engine.generation)) return mine.cache;
    return attach_cache();
}

void arena_thread_end(void) {
    if (engine.anywhere || mine.generation != engine.generation) return;
    engine_lock_take(&depot.lock);
    mine.cache->next_idle = depot.idle;
    depot.idle = mine.cache;
    mine.generation = 0;
    engine_lock_drop(&depot.lock);
}

static bool refill_shelf(struct shelf *s, unsigned c, bool essential) {
    if (__atomic_load_n(&depot.batches[c], __ATOMIC_RELAXED)) { /* a hint; looked at again under the lock */
        engine_lock_take(&depot.lock);
        struct object *batch = depot.batches[c];
        if (batch) __atomic_store_n(&depot.batches[c], batch->next_batch, __ATOMIC_RELAXED);
        engine_lock_drop(&depot.lock);
        if (batch) {
            s->free = batch;
            s->count = class_batch(c);
            return true;
        }
    }
    char *span = take_span(essential);
    if (!span) return false;
    s->at = span;
    s->end = span + SPAN_BYTES;
    return true;
}

/* Gives one batch, the list's first objects, to the depot. */
static void drain_shelf(struct shelf *s, unsigned c) {
    struct object *first = s->free, *last = first;
    unsigned n = class_batch(c);
    for (unsigned i = 1; i < n; i++) last = last->next;
    s->free = last->next;
    s->count -= n;
    last->next = NULL;
    engine_lock_take(&depot.lock);
    first->next_batch = depot.batches[c];
    __atomic_store_n(&depot.batches[c], first, __ATOMIC_RELAXED); /* pairs with the hint in refill_shelf */
    engine_lock_drop(&depot.lock);
}

/* -- small objects --------------------------------------------------------------------------------------------------- */

static void *alloc_small(size_t n, bool essential) {
    unsigned c = class_of(n);
    struct shelf *s = &my_cache()->shelves[c];
    for (;;) {
        struct object *o = s->free;
        if (likely(o)) {
            s->free = o->next;
            s->count--;
            return o;
        }
        size_t bytes = class_bytes(c);
        if ((size_t)(s->end - s->at) >= bytes) {
            void *p = s->at;
            s->at += bytes;
            return p;
        }
        if (!refill_shelf(s, c, essential)) return NULL;
    }
}

void *arena_alloc(size_t n) {
    goro_assert(n <= ARENA_SMALL_MAX);
    return alloc_small(n, false);
}

void *arena_alloc_essential(size_t n) {
    goro_assert(n <= ARENA_SMALL_MAX);
    void *p = alloc_small(n, true);
    if (unlikely(!p)) environment_error("mmap", "no memory left for the race detector", ENOMEM);
    if (unlikely(!within_limit(0))) engine_degraded("the memory limit was passed for goroutines and sync objects");
    return p;
}

void *arena_zalloc(size_t n) {
    void *p = arena_alloc(n);
    return p ? memset(p, 0, n) : NULL;
}

void *arena_zalloc_essential(size_t n) { return memset(arena_alloc_essential(n), 0, n); }

void arena_free(void *p, size_t n) {
    if (!p) return;
    unsigned c = class_of(n);
    struct shelf *s = &my_cache()->shelves[c];
    struct object *o = p;
    o->next = s->free;
    s->free = o;
    if (++s->count >= 2 * class_batch(c) && !engine.anywhere) drain_shelf(s, c);
}

/* -- maps ------------------------------------------------------------------------------------------------------------- */

static size_t whole_pages(size_t n) { return (n + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1); }

/* What is mapped for one look at something is often as large as the last: two system calls and a fault a page less. */
static void *take_spare(size_t n) {
    void *p = NULL;
    engine_lock_take(&depot.lock);
    for (struct spare *s = depot.spares; !p && s < depot.spares + SPARES; s++)
        if (s->bytes == n) p = s->at, s->bytes = 0;
    engine_lock_drop(&depot.lock);
    return p;
}

static bool keep_spare(void *p, size_t n) {
    bool kept = false;
    if (n > SPARE_BYTES_MAX) return false;
    memset(p, 0, n);
    engine_lock_take(&depot.lock);
    for (struct spare *s = depot.spares; !kept && s < depot.spares + SPARES; s++)
        if (!s->bytes) *s = (struct spare){p, n}, kept = true;
    engine_lock_drop(&depot.lock);
    return kept;
}

static void *map_pages(size_t n, bool essential) {
    n = whole_pages(n);
    if (!essential && !within_limit(n)) return NULL;
    void *p = take_spare(n);
    int saved = errno;
    if (!p) p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    if (p == MAP_FAILED) return NULL;
    count_bytes(n);
    return p;
}

void *arena_map(size_t n) { return map_pages(n, false); }

void *arena_map_essential(size_t n) {
    void *p = map_pages(n, true);
    if (!p) environment_error("mmap", "no memory left for the race detector", ENOMEM);
    return p;
}

void arena_unmap(void *p, size_t n) {
    if (!p) return;
    int saved = errno;
    if (!keep_spare(p, whole_pages(n))) munmap(p, whole_pages(n));
    errno = saved;
    arena_uncharge(whole_pages(n));
}

/* -- start, end, check -------------------------------------------------------------------------------------------------- */

void arena_init(void) {
    memset(&depot, 0, sizeof depot);
    memset(&home, 0, sizeof home);
    reserve_region();
    engine_lock_keep(&depot.lock);
}

void arena_fini(void) {
    for (struct arena_cache *c = depot.caches, *next; c; c = next) {
        next = c->next;
        munmap(c, sizeof *c);
    }
    for (struct spare *s = depot.spares; s < depot.spares + SPARES; s++)
        if (s->bytes) munmap(s->at, s->bytes);
    munmap(arena_base, (size_t)(depot.end - arena_base));
    arena_base = NULL;
}

static bool is_object(const void *p) {
    return (const char *)p >= depot.start && (const char *)p < depot.next && (uintptr_t)p % ARENA_UNIT == 0;
}

static uint32_t check_list(const struct object *o) {
    uint32_t n = 0;
    for (; o; o = o->next, n++) goro_assert(is_object(o));
    return n;
}

static void check_cache(const struct arena_cache *cache) {
    for (unsigned c = 0; c < CLASSES; c++) {
        const struct shelf *s = &cache->shelves[c];
        goro_assert(check_list(s->free) == s->count);
        goro_assert(s->at <= s->end && (!s->at || is_object(s->at) || s->at == s->end));
    }
}

void arena_check(void) {
    goro_assert(depot.start <= depot.next && depot.next <= depot.committed && depot.committed <= depot.end);
    goro_assert(arena_bytes() >= (size_t)(depot.next - depot.start));
    check_cache(&home);
    for (const struct arena_cache *c = depot.caches; c; c = c->next) check_cache(c);
    for (unsigned c = 0; c < CLASSES; c++)
        for (const struct object *b = depot.batches[c]; b; b = b->next_batch)
            goro_assert(check_list(b) == class_batch(c));
}
