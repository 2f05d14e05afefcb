/* Shadow memory: where the words for an address are.
 *
 * A directory, indexed by address >> 24, leads to a chunk for 16 MiB of application memory, mapped when first
 * touched, wherever the kernel had room: so any executable kind and any address randomisation will do. Per 8
 * bytes (a granule) a chunk has two cells (last write, last read) and their two sites; per page of 4 KiB one word of state.
 *
 * Threads: any. Chunks are never unmapped before the engine ends. Cells are guarded by the granule's lock bit
 * (granule.h); page words by nothing but their atomicity. */
#ifndef GORO_DETECTOR_SHADOW_H
#define GORO_DETECTOR_SHADOW_H

#include "detector/cell.h"
#include "detector/detector.h"

#if defined(__x86_64__)
enum { ADDRESS_BITS = 47 };
#elif defined(__aarch64__)
enum { ADDRESS_BITS = 48 };
#else
#error "the shadow's directory has not been sized for this machine"
#endif

struct det_task;

enum {
    CHUNK_BITS = 24,
    CHUNK_BYTES = 1 << CHUNK_BITS,
    CHUNK_GRANULES = CHUNK_BYTES / GRANULE_BYTES,
    DIRECTORY_ENTRIES = 1 << (ADDRESS_BITS - CHUNK_BITS),
    PAGE_BITS = 12,
    PAGE_BYTES = 1 << PAGE_BITS,
    PAGE_GRANULES = PAGE_BYTES / GRANULE_BYTES,
    CHUNK_PAGES = CHUNK_BYTES / PAGE_BYTES,
};

/* A page's word: 0 never touched since its last reset, else PAGE_TOUCHED, and above that bit the handle of the history
 * (one freed entry) that stands for the whole page: memory that was freed, or a dead task's stack. */
enum { PAGE_TOUCHED = 1 };

/* [0] write, [1] read */
struct shadow_granule {
    uint64_t cells[2];
    uint32_t sites[2];
};
_Static_assert(sizeof(struct shadow_granule) == 24, "24 bytes of shadow for 8 of memory");

/* What an access asks of a page, side by side, so that one comparison asks for both. */
struct shadow_page {
    union {
        struct {
            uint32_t word;
            int32_t tenant; /* tenancy.h */
        };
        uint64_t both;
    };
};

struct shadow_chunk {
    struct shadow_granule granules[CHUNK_GRANULES];
    struct shadow_granule none; /* always zero: what an access of two granules finds behind the last */
    struct shadow_page pages[CHUNK_PAGES];
    uint8_t moves[CHUNK_PAGES];  /* how often the tenant has changed */
    uint64_t ready[CHUNK_PAGES / 64]; /* a bit for each page: its cells are there to be written (shadow.c) */
    uint8_t owners[CHUNK_PAGES]; /* not 0: some granules of the page own their history (history.h) */
    struct shadow_chunk *next;   /* of all chunks */
    uintptr_t base;              /* the address of its first byte */
} __attribute__((aligned(4096)));

/* NULL: nothing in these 16 MiB has been touched. */
extern struct shadow_chunk *shadow_directory[DIRECTORY_ENTRIES] __attribute__((visibility("hidden")));

GORO_INLINE size_t shadow_index(uintptr_t address) { return address >> CHUNK_BITS & (DIRECTORY_ENTRIES - 1); }
/* The granule in its chunk. By hand: of the index the compiler makes two instructions more at every access. */
GORO_INLINE struct shadow_granule *shadow_at(const struct shadow_chunk *c, uintptr_t address) {
    uintptr_t offset = (address & (CHUNK_BYTES - GRANULE_BYTES)) * (sizeof(struct shadow_granule) / GRANULE_BYTES);

    return (struct shadow_granule *)((uintptr_t)c + offsetof(struct shadow_chunk, granules) + offset);
}
GORO_INLINE size_t shadow_page_of(uintptr_t address) { return (address & (CHUNK_BYTES - 1)) >> PAGE_BITS; }
GORO_INLINE struct shadow_chunk *shadow_chunk_of(uintptr_t address) {
    /* consume: pairs with the release in shadow_chunk_make; a relaxed load carries the dependency on both machines */
    return __atomic_load_n(&shadow_directory[shadow_index(address)], __ATOMIC_RELAXED);
}

/* Maps the chunk of an address. NULL when the machine has no room (said as degraded) or there can be no such
 * address. */
struct shadow_chunk *shadow_chunk_make(uintptr_t address);
/* Makes a page fit to be written: counts it, and gives a page that was freed as a whole its history granule by
 * granule. False if memory ran out: the access is then not recorded (said as degraded). */
bool shadow_page_touch(struct shadow_chunk *c, size_t page);

/* Makes the pages whose granules shadow_reset would have to change in part fit for that; by whom (NULL: nobody in
 * particular). Outside the world, in parallel mode. */
void shadow_prepare_reset(uintptr_t address, size_t n, struct det_task *t);
/* Forgets every access of [address, address + n), also those that freed it. `t`: who is inside, NULL if by
 * world_hold. */
void shadow_reset(uintptr_t address, size_t n, const struct det_task *t);
/* Whole pages: forgets, then remembers that all of it was freed (`history`: see PAGE_TOUCHED). */
void shadow_free_pages(uintptr_t address, size_t n, uint32_t history, const struct det_task *t);

/* Calls visit for each page that holds anything; the world is stopped. */
void shadow_each_page(void (*visit)(struct shadow_chunk *c, size_t page, void *arg), void *arg);

/* The room's part of det_init, det_fini, det_check, det_get_stats. */
void shadow_engine_init(void);
void shadow_engine_fini(void);
void shadow_check(void);
void shadow_engine_stats(struct det_stats *out);

#endif
