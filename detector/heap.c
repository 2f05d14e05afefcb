/* Heap blocks: hash tables by address, a size in 16 bits beside the address, large blocks in a list.
 *
 *     key   63     address (48 bits)    16 | 15  size in bytes, SIZE_LARGE: see the list  0
 *     site  31 freed | 30 .. 0 path
 *
 * 12 bytes a block, so that a program with millions of small ones pays little (a full record with size, site and
 * task would be 32). The start of a block's hash is its page's, the rest its place in the page: the blocks of a page are
 * neighbours here too, and looking for the block around an address walks along one run.
 *
 * Always true
 *  1. A key's place is reached from its hash over taken places only. Places are never emptied, only overwritten by the
 *     same address, until the table is rebuilt; then freed blocks go.
 *  2. `live` counts blocks that are not freed, `bytes` is the size of the small ones among them, large.bytes of the others.
 *
 * Threads: a shard is under its lock.
 *
 * Not done: dropping the blocks of memory that is unmapped (allocators do that inside themselves, unseen); a stale block
 * is overwritten when its address is allocated again. */
#include "detector/heap.h"
#include "detector/arena.h"
#include "detector/cell.h"
#include "detector/engine.h"
#include "detector/path.h"

#include <string.h>

enum {
    SHARDS = 64,
    PLACES_MIN = 64,
    PAGE_SHIFT = 12,
    ALIGN_SHIFT = 4,
    SIZE_BITS = 16,
    SIZE_LARGE = (1 << SIZE_BITS) - 1,
    LARGE_FREED_MAX = 1024, /* large blocks that are remembered after their end */
};
#define SITE_IS_FREED ((uint32_t)1 << 31)

struct shard {
    struct engine_lock lock;
    uint64_t *keys; /* 0: empty */
    uint32_t *sites;
    uint32_t mask, used, live;
    uint64_t bytes;
} __attribute__((aligned(CACHE_LINE)));

struct large {
    struct large *next;
    struct heap_block block;
};

static struct shard shards[SHARDS];
static size_t reach; /* the largest block in the shards was never larger */
static struct {
    struct engine_lock lock;
    struct large *list;
    uint32_t freed;
    uint64_t bytes;
} large;

/* -- places ---------------------------------------------------------------------------------------------------- */

static uint64_t key_of(uintptr_t address, size_t size) {
    return (uint64_t)address << SIZE_BITS | (size < SIZE_LARGE ? size : SIZE_LARGE);
}
static uintptr_t address_of(uint64_t key) { return key >> SIZE_BITS; }
static size_t small_size(uint64_t key) { return (key & SIZE_LARGE) == SIZE_LARGE ? 0 : key & SIZE_LARGE; }
static uint64_t page_hash(uintptr_t address) { return (address >> PAGE_SHIFT) * 0x9e3779b97f4a7c15u; }
static struct shard *shard_of(uintptr_t address) { return &shards[page_hash(address) >> 58]; }
_Static_assert(SHARDS == 1 << 6, "a shard is six bits of the hash");

static uint32_t place_of(const struct shard *s, uintptr_t address) {
    uint32_t in_page = (uint32_t)(address & ((1 << PAGE_SHIFT) - 1)) >> ALIGN_SHIFT;

    return ((uint32_t)(page_hash(address) >> 26) + in_page) & s->mask;
}

static size_t table_bytes(uint32_t mask) { return ((size_t)mask + 1) * (sizeof(uint64_t) + sizeof(uint32_t)); }

static bool set_table(struct shard *s, uint32_t mask) {
    size_t n = table_bytes(mask);
    uint64_t *keys = n <= ARENA_SMALL_MAX ? arena_zalloc(n) : arena_map(n);

    if (!keys) return false;
    s->keys = keys;
    s->sites = (uint32_t *)(keys + mask + 1);
    s->mask = mask;
    s->used = 0;
    return true;
}

static void free_table(uint64_t *keys, uint32_t mask) {
    size_t n = table_bytes(mask);

    if (!keys) return;
    if (n <= ARENA_SMALL_MAX) arena_free(keys, n);
    else arena_unmap(keys, n);
}

/* The place of the address, or the empty one where it would be. */
static uint32_t probe(const struct shard *s, uintptr_t address) {
    uint32_t i = place_of(s, address);

    while (s->keys[i] && address_of(s->keys[i]) != address) i = (i + 1) & s->mask;
    return i;
}

static void put(struct shard *s, uint64_t key, uint32_t site) {
    uint32_t i = probe(s, address_of(key));

    if (!s->keys[i]) s->used++;
    s->keys[i] = key;
    s->sites[i] = site;
}

static bool rebuild(struct shard *s) {
    uint64_t *keys = s->keys;
    uint32_t *sites = s->sites, mask = s->mask, size = PLACES_MIN;

    while (size < 3 * (s->live + 1)) size *= 2;
    if (!set_table(s, size - 1)) return false;
    for (uint32_t i = 0; keys && i <= mask; i++)
        if (keys[i] && !(sites[i] & SITE_IS_FREED)) put(s, keys[i], sites[i]);
    free_table(keys, mask);
    return true;
}

/* -- large blocks -------------------------------------------------------------------------------------------------- */

static void drop_freed_large_locked(void) {
    for (struct large **p = &large.list; *p;) {
        struct large *l = *p;

        if (l->block.freed) {
            *p = l->next;
            arena_free(l, sizeof *l);
        } else p = &l->next;
    }
    large.freed = 0;
}

static struct large *find_large_locked(uintptr_t address) {
    struct large *l = large.list;

    while (l && l->block.address != address) l = l->next;
    return l;
}

static void add_large(uintptr_t address, size_t size, uint32_t site) {
    struct large *l;

    engine_lock_take(&large.lock);
    l = find_large_locked(address);
    if (l) {
        large.freed -= l->block.freed;
        large.bytes -= l->block.freed ? 0 : l->block.size;
    } else if ((l = arena_alloc(sizeof *l)) != NULL) {
        l->next = large.list;
        large.list = l;
    }
    if (l) {
        l->block = (struct heap_block){address, size, site, false};
        large.bytes += size;
    }
    engine_lock_drop(&large.lock);
    if (!l) engine_degraded("no memory to remember heap blocks: findings say less about them");
}

static size_t remove_large(uintptr_t address) {
    struct large *l;
    size_t size = 0;

    engine_lock_take(&large.lock);
    l = find_large_locked(address);
    if (l && !l->block.freed) {
        size = l->block.size;
        l->block.freed = true;
        large.bytes -= size;
        if (++large.freed > LARGE_FREED_MAX) drop_freed_large_locked();
    }
    engine_lock_drop(&large.lock);
    return size;
}

static bool large_at(uintptr_t address, struct heap_block *b) {
    struct large *l;

    engine_lock_take(&large.lock);
    l = find_large_locked(address);
    if (l) *b = l->block;
    engine_lock_drop(&large.lock);
    return l;
}

static bool find_in_large(uintptr_t address, struct heap_block *b) {
    bool found = false;

    engine_lock_take(&large.lock);
    for (struct large *l = large.list; l; l = l->next) {
        if (address - l->block.address >= l->block.size || (found && l->block.freed)) continue;
        *b = l->block;
        found = true;
    }
    engine_lock_drop(&large.lock);
    return found;
}

/* -- the calls -------------------------------------------------------------------------------------------------------- */

static GORO_COLD void raise_reach(size_t size) {
    size_t was = __atomic_load_n(&reach, __ATOMIC_RELAXED);

    /* relaxed: only a bound of a search */
    while (was < size && !__atomic_compare_exchange_n(&reach, &was, size, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

void heap_add(uintptr_t address, size_t size, uint32_t site) {
    struct shard *s = shard_of(address);
    bool room;

    if (size >= SIZE_LARGE) add_large(address, size, site);
    else if (size > __atomic_load_n(&reach, __ATOMIC_RELAXED)) raise_reach(size);
    engine_lock_take(&s->lock);
    room = s->keys && s->used * 4 < s->mask * 3;
    if (room || rebuild(s) || (s->keys && s->used < s->mask)) {
        uint32_t i = probe(s, address);
        bool anew = !s->keys[i] || s->sites[i] & SITE_IS_FREED;

        s->live += anew;
        s->bytes += small_size(key_of(address, size)) - (anew ? 0 : small_size(s->keys[i]));
        put(s, key_of(address, size), site);
        room = true;
    }
    engine_lock_drop(&s->lock);
    if (!room) engine_degraded("no memory to remember heap blocks: findings say less about them");
}

size_t heap_remove(uintptr_t address) {
    struct shard *s = shard_of(address);
    size_t size = 0;

    engine_lock_take(&s->lock);
    if (s->keys) {
        uint32_t i = probe(s, address);

        if (s->keys[i] && !(s->sites[i] & SITE_IS_FREED)) {
            size = s->keys[i] & SIZE_LARGE;
            s->sites[i] |= SITE_IS_FREED;
            s->live--;
            s->bytes -= small_size(s->keys[i]);
        }
    }
    engine_lock_drop(&s->lock);
    return size == SIZE_LARGE ? remove_large(address) : size;
}

bool heap_at(uintptr_t address, struct heap_block *b) {
    struct shard *s = shard_of(address);
    bool found = false;

    engine_lock_take(&s->lock);
    if (s->keys) {
        uint32_t i = probe(s, address);

        found = s->keys[i] != 0;
        if (found)
            *b = (struct heap_block){address, s->keys[i] & SIZE_LARGE, s->sites[i] & ~SITE_IS_FREED,
                                     s->sites[i] & SITE_IS_FREED};
    }
    engine_lock_drop(&s->lock);
    return found && b->size == SIZE_LARGE ? large_at(address, b) : found;
}

/* Blocks start at multiples of 16, or of 8 in some allocators: tries each start from which a small block could reach. */
bool heap_find(uintptr_t address, struct heap_block *b) {
    struct heap_block x;
    bool found = find_in_large(address, b);

    for (uintptr_t back = 0, at = address & ~(uintptr_t)7; back < __atomic_load_n(&reach, __ATOMIC_RELAXED); back += 8) {
        if ((found && !b->freed) || back > at) break;
        if (!heap_at(at - back, &x) || address - x.address >= x.size || (found && x.freed)) continue;
        *b = x;
        found = true;
    }
    return found;
}

void heap_each_live(void (*visit)(uintptr_t address, size_t size, void *arg), void *arg) {
    for (unsigned k = 0; k < SHARDS; k++)
        for (uint32_t i = 0; shards[k].keys && i <= shards[k].mask; i++) {
            uint64_t key = shards[k].keys[i];

            if (key && !(shards[k].sites[i] & SITE_IS_FREED) && (key & SIZE_LARGE) != SIZE_LARGE)
                visit(address_of(key), key & SIZE_LARGE, arg);
        }
    for (const struct large *l = large.list; l; l = l->next)
        if (!l->block.freed) visit(l->block.address, l->block.size, arg);
}

/* -- reclaiming, ends ---------------------------------------------------------------------------------------------------- */

void heap_mark(void) {
    for (unsigned k = 0; k < SHARDS; k++)
        for (uint32_t i = 0; shards[k].keys && i <= shards[k].mask; i++)
            if (shards[k].keys[i]) path_mark(shards[k].sites[i] & ~SITE_IS_FREED);
    for (struct large *l = large.list; l; l = l->next) path_mark(l->block.site);
}

uint64_t heap_count(void) {
    uint64_t n = 0;

    for (unsigned k = 0; k < SHARDS; k++) n += shards[k].live;
    return n;
}

uint64_t heap_bytes(void) {
    uint64_t n = large.bytes;

    for (unsigned k = 0; k < SHARDS; k++) n += shards[k].bytes;
    return n;
}

void heap_engine_init(void) {
    memset(shards, 0, sizeof shards);
    memset(&large, 0, sizeof large);
    reach = 0;
    for (unsigned k = 0; k < SHARDS; k++) engine_lock_keep(&shards[k].lock);
    engine_lock_keep(&large.lock);
}

void heap_engine_fini(void) {
    for (unsigned k = 0; k < SHARDS; k++) free_table(shards[k].keys, shards[k].mask);
}

static void check_shard(const struct shard *s) {
    uint32_t used = 0, live = 0;
    uint64_t bytes = 0;

    for (uint32_t i = 0; s->keys && i <= s->mask; i++) {
        if (!s->keys[i]) continue;
        used++;
        live += !(s->sites[i] & SITE_IS_FREED);
        bytes += s->sites[i] & SITE_IS_FREED ? 0 : small_size(s->keys[i]);
        goro_assert(shard_of(address_of(s->keys[i])) == s && probe(s, address_of(s->keys[i])) == i);
    }
    goro_assert(used == s->used && live == s->live && bytes == s->bytes);
}

void heap_check(void) {
    uint32_t freed = 0;
    uint64_t bytes = 0;

    for (unsigned k = 0; k < SHARDS; k++) check_shard(&shards[k]);
    for (struct large *l = large.list; l; l = l->next) {
        freed += l->block.freed;
        bytes += l->block.freed ? 0 : l->block.size;
        goro_assert(l->block.size >= SIZE_LARGE);
    }
    goro_assert(freed == large.freed && bytes == large.bytes);
}
