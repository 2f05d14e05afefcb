/* Sync objects: their making, and finding them by address, for objects that cannot hold a handle and for atomics.
 *
 * A hash table of chains, keyed by the address's 64-byte line, so that forgetting a freed block looks at one chain per
 * line. A filter of counts by page tells the usual answer to "has this block any?", no, without a look at the table.
 *
 * Always true
 *  1. An object with an address is in the chain of its line, once. Those with address 0 are in no chain.
 *  2. Objects and replaced tables are never given back before the engine ends, so a reader without the lock may
 *     always follow a chain; it may miss what is being moved, and then asks again under the lock.
 *
 * Threads: changes under table.lock. Reading needs no lock: heads and links are stored with release and loaded with
 * acquire. Order of locks: table.lock, then an object's, or graph_lock.
 *
 * Not done: shards of the table. Only first uses and frees of addresses with a clock take its lock. */
#include "detector/arena.h"
#include "detector/sync.h"
#include "detector/waitgraph.h"

#include <string.h>

enum {
    LINE_BITS = 6,
    PAGE_LINES = 1 << (PAGE_BITS - LINE_BITS),
    FILTER_SIZE = 1 << 14,
    REGION_PAGES = 64,
    TABLE_FIRST = 1 << 10
};

struct sync_buckets {
    size_t size;                   /* a power of two */
    struct sync_buckets *replaced; /* the table before, kept for late readers */
    uint32_t heads[];              /* handles */
};

static struct {
    struct engine_lock lock;
    struct sync_buckets *buckets; /* never NULL while the engine runs */
    uint32_t unused;              /* a list, by next */
    size_t linked;                /* stored atomically: sync_forget reads it without the lock */
    uint64_t count;
    uint32_t filter[FILTER_SIZE]; /* objects with addresses in pages of this hash */
    uint32_t regions[FILTER_SIZE]; /* and in regions: a goroutine's stack is four of these, and mostly has none */
} table;

static uint32_t *head_of(struct sync_buckets *b, uintptr_t line) {
    return &b->heads[(line * 0x9e3779b97f4a7c15u >> 24) & (b->size - 1)];
}
static uint32_t hash_of(uintptr_t place) { return (place ^ place >> 14) & (FILTER_SIZE - 1); }
static uint32_t *filter_of(uintptr_t page) { return &table.filter[hash_of(page)]; }
static uint32_t *region_of(uintptr_t page) { return &table.regions[hash_of(page / REGION_PAGES)]; }
/* Relaxed stores: the block's owner orders them with what sync_forget reads. */
static void count_in_filters(uintptr_t address, uint32_t one) {
    uint32_t *page = filter_of(address >> PAGE_BITS), *region = region_of(address >> PAGE_BITS);
    __atomic_store_n(page, *page + one, __ATOMIC_RELAXED);
    __atomic_store_n(region, *region + one, __ATOMIC_RELAXED);
}
static struct det_sync *sync_of(uint32_t handle) { return handle ? arena_at(handle) : NULL; }

/* Links and heads: pairs of a release here and an acquire in follow_link. */
static void set_link(uint32_t *link, uint32_t handle) { __atomic_store_n(link, handle, __ATOMIC_RELEASE); }
static struct det_sync *follow_link(const uint32_t *link) { return sync_of(__atomic_load_n(link, __ATOMIC_ACQUIRE)); }

/* -- making and unmaking ------------------------------------------------------------------------------------------- */

static struct det_sync *take_object_locked(void) {
    struct det_sync *s = sync_of(table.unused);
    if (s) table.unused = s->next;
    else s = arena_zalloc_essential(sizeof *s);
    board_init(&s->board);
    table.count++;
    return s;
}

/* s is in no chain. A late reader may still hold its lock for a moment. */
static void give_object_locked(struct det_sync *s) {
    engine_lock_take(&s->lock);
    __atomic_store_n(&s->address, 0, __ATOMIC_RELAXED); /* pairs with the loads in find_unlocked, checked by lock */
    board_clear(&s->board);
    s->releasers[0] = s->releasers[1] = 0;
    engine_lock_drop(&s->lock);
    set_link(&s->next, table.unused);
    table.unused = arena_handle(s);
    table.count--;
}

struct det_sync *det_sync_new(void) {
    ENGINE_SECTION;
    engine_lock_take(&table.lock);
    struct det_sync *s = take_object_locked();
    engine_lock_drop(&table.lock);
    return s;
}

void det_sync_free(struct det_sync *s) {
    ENGINE_SECTION;
    engine_lock_take(&table.lock);
    goro_assert(s->address == 0);
    give_object_locked(s);
    engine_lock_drop(&table.lock);
}

/* -- looking up ------------------------------------------------------------------------------------------------------ */

static struct det_sync *find_unlocked(uintptr_t address) {
    struct sync_buckets *b = __atomic_load_n(&table.buckets, __ATOMIC_ACQUIRE); /* pairs with grow_table */
    struct det_sync *s = follow_link(head_of(b, address >> LINE_BITS));
    while (s && __atomic_load_n(&s->address, __ATOMIC_RELAXED) != address) s = follow_link(&s->next);
    return s; /* relaxed: whoever needs to be sure asks again under the object's lock */
}

static struct sync_buckets *new_buckets(size_t size) {
    struct sync_buckets *b = arena_map_essential(sizeof *b + size * sizeof b->heads[0]);
    b->size = size;
    return b;
}

static void link_object(struct sync_buckets *b, struct det_sync *s) {
    uint32_t *head = head_of(b, s->address >> LINE_BITS);
    set_link(&s->next, *head);
    set_link(head, arena_handle(s));
}

static void grow_table_locked(void) {
    struct sync_buckets *old = table.buckets, *b = new_buckets(old->size * 2);
    b->replaced = old;
    for (size_t i = 0; i < old->size; i++)
        for (struct det_sync *s = sync_of(old->heads[i]), *next; s; s = next) {
            next = sync_of(s->next);
            link_object(b, s);
        }
    __atomic_store_n(&table.buckets, b, __ATOMIC_RELEASE); /* pairs with find_unlocked */
}

static struct det_sync *add_locked(uintptr_t address) {
    struct det_sync *s = take_object_locked();
    if (table.linked == table.buckets->size) grow_table_locked();
    __atomic_store_n(&s->address, address, __ATOMIC_RELAXED); /* found only through the link, stored with release */
    link_object(table.buckets, s);
    __atomic_store_n(&table.linked, table.linked + 1, __ATOMIC_RELAXED);
    count_in_filters(address, 1);
    return s;
}

struct det_sync *det_sync_at(uintptr_t address) {
    ENGINE_SECTION;
    struct det_sync *s = find_unlocked(address);
    if (likely(s)) return s;
    engine_lock_take(&table.lock);
    s = find_unlocked(address);
    if (!s) s = add_locked(address);
    engine_lock_drop(&table.lock);
    return s;
}

struct det_sync *sync_at_locked(uintptr_t address) {
    for (;;) {
        struct det_sync *s = find_unlocked(address);
        if (unlikely(!s)) s = det_sync_at(address);
        engine_lock_take(&s->lock);
        if (likely(s->address == address)) return s;
        engine_lock_drop(&s->lock); /* forgotten meanwhile, and perhaps another's */
    }
}

struct det_sync *sync_find_locked(uintptr_t address) {
    struct det_sync *s = find_unlocked(address);
    if (!s) return NULL;
    engine_lock_take(&s->lock);
    if (likely(s->address == address)) return s;
    engine_lock_drop(&s->lock);
    return NULL;
}

/* -- forgetting ---------------------------------------------------------------------------------------------------- */

/* Frees what lies in [low, low + n) from the chain. */
static uintptr_t prune_chain_locked(uint32_t *link, uintptr_t low, size_t n) {
    uintptr_t held = 0;
    for (struct det_sync *s; (s = sync_of(*link));) {
        if (s->address - low >= n) {
            link = &s->next;
            continue;
        }
        count_in_filters(s->address, (uint32_t)-1);
        __atomic_store_n(&table.linked, table.linked - 1, __ATOMIC_RELAXED);
        set_link(link, s->next);
        if (s->holders) held = s->address; /* or an atomic: who looks for a holder finds none */
        waitgraph_forget(s->address, 1);
        give_object_locked(s);
    }
    return held;
}

static uintptr_t forget_everywhere(uintptr_t low, size_t n) {
    uintptr_t held = 0;
    engine_lock_take(&table.lock);
    for (size_t i = 0; i < table.buckets->size; i++) {
        uintptr_t h = prune_chain_locked(&table.buckets->heads[i], low, n);
        if (h) held = h;
    }
    engine_lock_drop(&table.lock);
    return held;
}

static uintptr_t forget_in_page(uintptr_t page, uintptr_t low, size_t n) {
    uintptr_t held = 0;
    uintptr_t line = page << (PAGE_BITS - LINE_BITS), end = line + PAGE_LINES;
    uintptr_t first = low >> LINE_BITS, last = (low + n - 1) >> LINE_BITS;
    if (line < first) line = first;
    if (end > last + 1) end = last + 1;
    engine_lock_take(&table.lock);
    for (; line < end; line++) {
        uintptr_t h = prune_chain_locked(head_of(table.buckets, line), low, n);
        if (h) held = h;
    }
    engine_lock_drop(&table.lock);
    return held;
}

uintptr_t sync_forget(uintptr_t address, size_t n) {
    if (n == 0 || __atomic_load_n(&table.linked, __ATOMIC_RELAXED) == 0) return 0; /* relaxed: see the filter's */
    uintptr_t page = address >> PAGE_BITS, last = (address + n - 1) >> PAGE_BITS, held = 0;
    if (last - page > FILTER_SIZE) return forget_everywhere(address, n);
    for (; page <= last; page++) {
        if (likely(!__atomic_load_n(region_of(page), __ATOMIC_RELAXED))) {
            page |= REGION_PAGES - 1;
            continue;
        }
        if (likely(!__atomic_load_n(filter_of(page), __ATOMIC_RELAXED))) continue;
        uintptr_t h = forget_in_page(page, address, n);
        if (h) held = h;
    }
    return held;
}

/* -- all at once --------------------------------------------------------------------------------------------------------- */

/* Up to `end`, which may be NULL. */
static void drop_until_locked(const struct det_sync *end) {
    for (size_t i = 0; i < table.buckets->size; i++)
        for (struct det_sync *s = sync_of(table.buckets->heads[i]); s; s = sync_of(s->next)) {
            if (s == end) return;
            engine_lock_drop(&s->lock);
        }
}

bool sync_take_all_locked(void) {
    if (engine_is_single()) return true;
    for (size_t i = 0; i < table.buckets->size; i++)
        for (struct det_sync *s = sync_of(table.buckets->heads[i]); s; s = sync_of(s->next))
            if (!engine_lock_try(&s->lock)) {
                drop_until_locked(s);
                return false;
            }
    return true;
}

void sync_drop_all_locked(void) {
    if (!engine_is_single()) drop_until_locked(NULL);
}

/* -- start, check ----------------------------------------------------------------------------------------------------- */

void sync_engine_init(void) {
    memset(&table, 0, sizeof table);
    table.buckets = new_buckets(TABLE_FIRST);
    engine_lock_keep(&table.lock);
}

void sync_engine_fini(void) {
    for (struct sync_buckets *b = table.buckets, *next; b; b = next) {
        next = b->replaced;
        arena_unmap(b, sizeof *b + b->size * sizeof b->heads[0]);
    }
}

void sync_engine_stats(struct det_stats *out) { out->syncs = table.count; }

void sync_check(void) {
    size_t linked = 0, filtered = 0, in_regions = 0;
    for (size_t i = 0; i < table.buckets->size; i++)
        for (const struct det_sync *s = sync_of(table.buckets->heads[i]); s; s = sync_of(s->next)) {
            goro_assert(s->address && head_of(table.buckets, s->address >> LINE_BITS) == &table.buckets->heads[i]);
            board_check(&s->board);
            linked++;
        }
    for (size_t i = 0; i < FILTER_SIZE; i++) filtered += table.filter[i], in_regions += table.regions[i];
    goro_assert(linked == table.linked && filtered == linked && in_regions == linked);
    for (const struct det_sync *s = sync_of(table.unused); s; s = sync_of(s->next))
        goro_assert(s->address == 0 && board_is_empty(&s->board));
}
