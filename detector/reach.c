/* The mark, over a map of pages.
 *
 * Each page of memory that holds a block or a waiter's stack has a record: where in it blocks start (a bit for each 16
 * bytes), which of these are marked, and what covers its first byte. So the block around an address is found by looking
 * at a few words near to it, whatever its size, and its size is only asked for (heap_at) when it is marked. Records lie in
 * leaves, one for each GiB of address space, mapped and touched only where there is something.
 *
 * Always true
 *  1. A block's start bit is set in its first page; the `owner` of each of its further pages names it.
 *  2. A marked block is in `todo` or has been scanned, and its waiters have been woken.
 *
 * Threads: the maker's.
 *
 * Not done: a sorted array of all blocks (1 s of sorting for a GiB of small ones); marks in the heap's own tables (16
 * bytes more for each block, all the time); asking for the page's record ahead of its use, eight addresses before (64 MiB of blocks of
 * 64 bytes, four random pointers each: 120 to 170 ms either way; with the heap's tables asked for as well 150 to 210). */
#include "detector/reach.h"
#include "detector/arena.h"
#include "detector/heap.h"

#include <string.h>

enum { PAGE_SHIFT = 12, GRANULE_SHIFT = 4, LEAF_SHIFT = 30, ADDRESS_BITS = 48 };
enum { PAGE_BYTES = 1 << PAGE_SHIFT, BITMAP_WORDS = PAGE_BYTES >> GRANULE_SHIFT >> 6 };
enum { LEAF_PAGES = 1 << (LEAF_SHIFT - PAGE_SHIFT), LEAVES = 1 << (ADDRESS_BITS - LEAF_SHIFT) };
enum { BUCKETS = 1 << 12, NONE = 0, HURRY_EVERY = 4096 /* blocks */ };

struct page {
    uint64_t starts[BITMAP_WORDS], marks[BITMAP_WORDS];
    uint64_t owner; /* of the first byte: a block's address; a waiter's number, doubled, + 1: its stack; 0: nobody */
    bool waited;    /* somebody waits on an object in a block that starts here */
};

/* Lists are linked by numbers into growing tables; number 0 is nobody. */
struct waiter {
    void *task;
    uintptr_t low, high;
    uint32_t memory;  /* first of its further ranges */
    uint32_t waiting; /* first of those that wait on an object on its stack */
    bool live, seen;  /* it goes on; its stack has been or will be scanned */
};
struct range {
    uintptr_t low, high;
    uint32_t next;
    bool allocator;
};
struct wait {
    uintptr_t object, block; /* block: where the one that it lies in starts */
    uint32_t waiter, next;
};

struct table {
    char *items;
    size_t size; /* of one */
    uint32_t count, room;
};

struct reach {
    struct page **leaves;
    uintptr_t min, span; /* of all that a pointer can point to */
    uintptr_t max;
    struct table waiters, ranges, waits, todo_blocks, todo_waiters, made; /* made: the numbers of leaves */
    uint32_t roots;          /* ranges */
    uint32_t heads[BUCKETS]; /* of waits, by block */
    bool failed;
    uint64_t words, blocks; /* looked at */
    uint64_t scanned;
    bool (*give_up)(uint64_t words); /* NULL: never */
};

/* -- tables ------------------------------------------------------------------------------------------------------------ */

static void *item(const struct table *t, uint32_t i) { return t->items + i * t->size; }

static bool grow(struct table *t) {
    uint32_t room = t->room ? t->room * 2 : 256;
    char *items = arena_map(room * t->size);

    if (!items) return false;
    if (t->items) memcpy(items, t->items, t->count * t->size);
    arena_unmap(t->items, t->room * t->size);
    t->items = items;
    t->room = room;
    return true;
}

/* A new item's number; 0: no memory. */
static uint32_t append(struct reach *r, struct table *t, const void *what) {
    if (!t->count) t->count = 1;
    if (t->count >= t->room && !grow(t)) {
        r->failed = true;
        return NONE;
    }
    memcpy(item(t, t->count), what, t->size);
    return t->count++;
}

static void free_table(struct table *t) { arena_unmap(t->items, t->room * t->size); }

/* -- pages ------------------------------------------------------------------------------------------------------------ */

static struct page *page_of(const struct reach *r, uintptr_t address) {
    struct page *leaf = address >> ADDRESS_BITS ? NULL : r->leaves[address >> LEAF_SHIFT];

    return leaf ? &leaf[address >> PAGE_SHIFT & (LEAF_PAGES - 1)] : NULL;
}

static void make_leaf(struct reach *r, uint32_t number) {
    if (!append(r, &r->made, &number)) return;
    r->leaves[number] = arena_map(LEAF_PAGES * sizeof **r->leaves);
    if (!r->leaves[number]) r->failed = true;
}

static struct page *page_make(struct reach *r, uintptr_t address) {
    if (unlikely(!r->leaves[address >> LEAF_SHIFT])) make_leaf(r, (uint32_t)(address >> LEAF_SHIFT));
    return page_of(r, address);
}

static void widen(struct reach *r, uintptr_t low, uintptr_t high) {
    if (low < r->min) r->min = low;
    if (high > r->max) r->max = high;
}

static void own_pages(struct reach *r, uintptr_t low, uintptr_t high, uint64_t owner) {
    for (uintptr_t at = low; at < high; at += PAGE_BYTES) {
        struct page *p = page_make(r, at);

        if (p) p->owner = owner;
    }
}

static void add_block(uintptr_t address, size_t size, void *arg) {
    struct reach *r = arg;
    struct page *p = (address + size) >> ADDRESS_BITS ? NULL : page_make(r, address);
    unsigned granule = address >> GRANULE_SHIFT & 255;

    r->blocks++;
    if (!p) return;
    p->starts[granule / 64] |= UINT64_C(1) << granule % 64;
    widen(r, address, address + size);
    own_pages(r, (address | (PAGE_BYTES - 1)) + 1, address + size, address & ~(uintptr_t)15);
}

struct reach *reach_new(bool (*give_up)(uint64_t words)) {
    struct reach *r = arena_map(sizeof *r);

    if (!r) return NULL;
    r->leaves = arena_map(LEAVES * sizeof *r->leaves);
    if (!r->leaves) {
        arena_unmap(r, sizeof *r);
        return NULL;
    }
    r->min = UINTPTR_MAX;
    r->give_up = give_up;
    r->waiters.size = sizeof(struct waiter);
    r->ranges.size = sizeof(struct range);
    r->waits.size = sizeof(struct wait);
    r->todo_blocks.size = sizeof(struct range);
    r->todo_waiters.size = r->made.size = sizeof(uint32_t);
    heap_each_live(add_block, r);
    return r;
}

void reach_free(struct reach *r) {
    if (!r) return;
    for (uint32_t i = 1; i < r->made.count; i++)
        arena_unmap(r->leaves[*(uint32_t *)item(&r->made, i)], LEAF_PAGES * sizeof **r->leaves);
    arena_unmap(r->leaves, LEAVES * sizeof *r->leaves);
    free_table(&r->made);
    free_table(&r->waiters);
    free_table(&r->ranges);
    free_table(&r->waits);
    free_table(&r->todo_blocks);
    free_table(&r->todo_waiters);
    arena_unmap(r, sizeof *r);
}

/* -- what an address points to -------------------------------------------------------------------------------------------- */

/* The 16 bytes in which the nearest block at or below it starts; or, with bit 0, a stack; 0: nothing. */
static uint64_t find_near(const struct page *p, uintptr_t address) {
    unsigned granule = address >> GRANULE_SHIFT & 255, i = granule / 64;
    uint64_t bits = p->starts[i] & (UINT64_MAX >> (63 - granule % 64));

    while (!bits && i) bits = p->starts[--i];
    if (!bits) return p->owner;
    return (address & ~(uintptr_t)(PAGE_BYTES - 1)) | (i * 64 + 63 - (unsigned)__builtin_clzll(bits)) << GRANULE_SHIFT;
}

/* The block that starts in those 16 bytes and has the address in it. Some allocators align to 8 only. */
static bool block_around(uint64_t start, uintptr_t address, struct heap_block *b) {
    for (uintptr_t at = start; at < start + 16; at += 8)
        if (heap_at(at, b) && !b->freed && address - b->address < (b->size ? b->size : 1)) return true;
    return false;
}

static bool is_inside(uint64_t start, uintptr_t address) {
    struct heap_block b;

    return block_around(start, address, &b);
}

/* Whether some block that starts in those 16 bytes has the address in it; if so, all of them are to be scanned. There is more
 * than one only if the first has at most eight bytes. */
static bool take_blocks(struct reach *r, uint64_t start, uintptr_t address) {
    struct range found[2];
    unsigned n = 0;
    bool inside = false;

    for (uintptr_t at = start; at < start + 16; at += 8) {
        struct heap_block b;

        if (!heap_at(at, &b) || b.freed) continue;
        found[n++] = (struct range){.low = b.address, .high = b.address + b.size};
        inside |= address - b.address < (b.size ? b.size : 1);
        if (b.size > 8) break;
    }
    for (unsigned i = 0; inside && i < n; i++) append(r, &r->todo_blocks, &found[i]);
    return inside;
}

/* The head of the chunk behind a block: 16 bytes before the next block, of which the first eight are this one's. */
static bool is_next_head(const struct reach *r, uintptr_t address) {
    const struct page *p = page_of(r, address);
    uint64_t near = p ? find_near(p, address) : NONE;
    struct heap_block b;

    return near && !(near & 1) && block_around(near, address, &b) && address % 16 == 0 && address > b.address &&
           b.address + b.size - address <= 8;
}

static uint64_t *mark_word(const struct reach *r, uint64_t start, uint64_t *bit) {
    unsigned granule = start >> GRANULE_SHIFT & 255;

    *bit = UINT64_C(1) << granule % 64;
    return &page_of(r, start)->marks[granule / 64];
}

static uint32_t *bucket_of(struct reach *r, uintptr_t block) {
    return &r->heads[(block >> 4) * 0x9e3779b97f4a7c15u >> 52]; /* golden ratio, as path_hash_child */
}
_Static_assert(BUCKETS == 1 << 12, "a bucket is twelve bits of the hash");

/* -- marking ------------------------------------------------------------------------------------------------------------ */

static void wake(struct reach *r, uint32_t waiter) {
    struct waiter *w = item(&r->waiters, waiter);

    if (w->live) return;
    w->live = true;
    append(r, &r->todo_waiters, &waiter);
}

static void mark_block(struct reach *r, uint64_t start, uintptr_t address) {
    uint64_t bit, *word = mark_word(r, start, &bit);

    if (*word & bit || !take_blocks(r, start, address)) return;
    *word |= bit;
    if (!page_of(r, start)->waited) return;
    for (uint32_t i = *bucket_of(r, start); i; i = ((struct wait *)item(&r->waits, i))->next) {
        struct wait *x = item(&r->waits, i);

        if (x->block == start) wake(r, x->waiter);
    }
}

/* A stack that somebody points into is memory that is reached, though its task need not go on for that. What lies below
 * its end is nobody's. */
static void mark_stack(struct reach *r, uint32_t waiter, uintptr_t address) {
    struct waiter *w = item(&r->waiters, waiter);

    if (w->seen || address < w->low) return;
    w->seen = true;
    append(r, &r->todo_waiters, &waiter);
    for (uint32_t i = w->waiting; i; i = ((struct wait *)item(&r->waits, i))->next)
        wake(r, ((struct wait *)item(&r->waits, i))->waiter);
}

static void mark(struct reach *r, uintptr_t address) {
    const struct page *p = page_of(r, address);
    uint64_t near = p ? find_near(p, address) : NONE;

    if (!near) return;
    if (near & 1) mark_stack(r, (uint32_t)(near >> 1), address);
    else mark_block(r, near, address);
}

/* What lies there is nobody's: a stack's dead words too. */
__attribute__((no_sanitize("address", "thread"))) static void scan(struct reach *r, uintptr_t low, uintptr_t high) {
    const uintptr_t *at = (const uintptr_t *)((low + 7) & ~(uintptr_t)7),
                    *end = (const uintptr_t *)(high & ~(uintptr_t)7);

    r->words += (high - low) / sizeof *at;
    for (; at < end; at++)
        if (unlikely(*at - r->min < r->span)) mark(r, *at);
}

static void scan_allocator(struct reach *r, uintptr_t low, uintptr_t high) {
    for (uintptr_t at = (low + 7) & ~(uintptr_t)7; at + 8 <= high; at += 8) {
        uintptr_t word = *(const uintptr_t *)at;

        if (word - r->min < r->span && !is_next_head(r, word)) mark(r, word);
    }
}

static void scan_waiter(struct reach *r, uint32_t waiter) {
    struct waiter w = *(struct waiter *)item(&r->waiters, waiter);

    mark_stack(r, waiter, w.low);
    scan(r, w.low, w.high);
    if (!w.live) return;
    for (uint32_t i = w.memory; i; i = ((struct range *)item(&r->ranges, i))->next) {
        struct range x = *(struct range *)item(&r->ranges, i);
        scan(r, x.low, x.high);
    }
}

static void drain(struct reach *r) {
    while (!r->failed && (r->todo_blocks.count > 1 || r->todo_waiters.count > 1)) {
        while (r->todo_blocks.count > 1 && !r->failed) {
            struct range x = *(struct range *)item(&r->todo_blocks, --r->todo_blocks.count);
            scan(r, x.low, x.high);
            if (++r->scanned % HURRY_EVERY == 0 && r->give_up && r->give_up(r->words)) r->failed = true;
        }
        if (r->todo_waiters.count > 1) scan_waiter(r, *(uint32_t *)item(&r->todo_waiters, --r->todo_waiters.count));
    }
}

/* -- the calls -------------------------------------------------------------------------------------------------------------- */

static void add_root(struct reach *r, struct range x) {
    uint32_t i;

    x.next = r->roots;
    i = append(r, &r->ranges, &x);
    if (i) r->roots = i;
}

void reach_root(struct reach *r, uintptr_t low, uintptr_t high) { add_root(r, (struct range){low, high, 0, false}); }
void reach_allocator(struct reach *r, uintptr_t low, uintptr_t high) {
    add_root(r, (struct range){low, high, 0, true});
}

/* Its address alone is enough of a pointer: kept among the objects that somebody waits on, but for nobody. */
void reach_object(struct reach *r, uintptr_t object) { append(r, &r->waits, &(struct wait){.object = object}); }

uint32_t reach_waiter(struct reach *r, void *task, uintptr_t low, uintptr_t high) {
    uint32_t i = append(r, &r->waiters, &(struct waiter){.task = task, .low = low, .high = high});

    if (!i) return NONE;
    own_pages(r, low & ~(uintptr_t)(PAGE_BYTES - 1), high, (uint64_t)i << 1 | 1);
    widen(r, low, high);
    return i;
}

void reach_waiter_memory(struct reach *r, uint32_t waiter, uintptr_t low, uintptr_t high) {
    struct waiter *w = item(&r->waiters, waiter);
    uint32_t i = waiter ? append(r, &r->ranges, &(struct range){low, high, w->memory, false}) : NONE;

    if (i) w->memory = i;
}

void reach_waits_on(struct reach *r, uint32_t waiter, uintptr_t object) {
    if (waiter) append(r, &r->waits, &(struct wait){.object = object, .waiter = waiter});
}

/* To be done when all stacks are known. */
static void enter_wait(struct reach *r, uint32_t i) {
    struct wait *x = item(&r->waits, i);
    struct page *p = page_of(r, x->object);
    uint64_t near = p ? find_near(p, x->object) : NONE;
    uint32_t *head;

    if (!x->waiter) {
        mark(r, x->object);
        return;
    }
    if (!near || (!(near & 1) && !is_inside(near, x->object))) {
        wake(r, x->waiter);
        return;
    }
    x->block = near & 1 ? 0 : near;
    if (x->block) page_of(r, x->block)->waited = true;
    head = x->block ? bucket_of(r, x->block) : &((struct waiter *)item(&r->waiters, (uint32_t)(near >> 1)))->waiting;
    x->next = *head;
    *head = i;
}

bool reach_run(struct reach *r) {
    r->span = r->max > r->min ? r->max - r->min : 0;
    for (int others = 1; others >= 0; others--) /* those that only mark come last */
        for (uint32_t i = 1; i < r->waits.count; i++)
            if ((((struct wait *)item(&r->waits, i))->waiter != NONE) == others) enter_wait(r, i);
    for (uint32_t i = r->roots; i && !r->failed; i = ((struct range *)item(&r->ranges, i))->next) {
        struct range x = *(struct range *)item(&r->ranges, i);
        if (x.allocator) scan_allocator(r, x.low, x.high);
        else scan(r, x.low, x.high);
        drain(r);
    }
    drain(r);
    return !r->failed;
}

static uint64_t reckon_ns(uint64_t words, uint64_t blocks, uint64_t waiters) {
    enum { ALWAYS_NS = 200000, BLOCK_NS = 50, WAITER_NS = 2000 /* its stack lies far from others */ };

    return ALWAYS_NS + words + blocks * BLOCK_NS + waiters * WAITER_NS;
}

uint64_t reach_work_ns(const struct reach *r) { return reckon_ns(r->words, r->blocks, r->waiters.count); }
uint64_t reach_expected_ns(uint64_t bytes, uint64_t waiters) {
    return reckon_ns((heap_bytes() + bytes) / sizeof(uintptr_t), heap_count(), waiters);
}

void reach_each_waiter(struct reach *r, void (*visit)(void *task, bool lost, void *arg), void *arg) {
    for (uint32_t i = 1; i < r->waiters.count; i++) {
        struct waiter *w = item(&r->waiters, i);
        visit(w->task, !w->live, arg);
    }
}
