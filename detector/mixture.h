/* Mixtures: the sites of a cell whose bytes were accessed at several places, by one task in one epoch.
 *
 * Loops over bytes and structs of small fields make nothing but such cells. The site word then has SITE_MIXED and names a
 * list in the trie of paths, of pairs of a byte mask and a site (PATH_BYTES). Unlike a history it says nothing of tasks and
 * epochs, so all the granules that a loop passes share a few.
 *
 * Always true
 *  1. A mixture's masks are disjoint; it has two to eight. Bytes that the cell no longer has may still be in it.
 *  2. Mixtures only stand in a granule; entries (history.h) have one site each.
 *
 * Threads: any that is inside the world. */
#ifndef GORO_DETECTOR_MIXTURE_H
#define GORO_DETECTOR_MIXTURE_H

#include "detector/history.h"
#include "detector/path.h"

/* The last steps from one list to the next, in a direct-mapped table of each thread's. A step depends on four small numbers
 * and on nothing that is specific to the granule, so a loop makes the same few. (A history of the same granule names the
 * epoch: each epoch had to make its own. Compression and word count spent half of their time there.) */
enum { MIXTURE_STEPS_BITS = 9 };
struct mixture_step {
    uint32_t old, site, result;
    uint32_t masks; /* left, and what was accessed */
};
_Static_assert(sizeof(struct mixture_step) == 16, "a remembered step is a quarter of a cache line");
struct mixture_steps {
    struct mixture_step steps[1 << MIXTURE_STEPS_BITS];
    uint32_t era; /* path_era */
};
extern __thread struct mixture_steps mixture_recent __attribute__((tls_model("initial-exec"), visibility("hidden")));

GORO_INLINE uint32_t mixture_masks(uint64_t left, uint64_t mask) { return (uint32_t)(left << GRANULE_BYTES | mask); }
GORO_INLINE struct mixture_step *mixture_step_at(uint32_t old, uint32_t site, uint32_t masks) {
    /* multiplicative hashing by the golden ratio, as path_hash_child */
    return &mixture_recent.steps[(((uint64_t)old << 32 | site) ^ (uint64_t)masks << 24) * 0x9e3779b97f4a7c15u >>
                                 (64 - MIXTURE_STEPS_BITS)];
}

/* The site word of a cell that had `left` bytes of `old`, now that `mask` was accessed at `site`, if it is at hand; 0: it is
 * to be asked for. */
GORO_INLINE uint32_t mixture_known(uint32_t old, uint64_t left, uint64_t mask, uint32_t site) {
    uint32_t masks = mixture_masks(left, mask);
    const struct mixture_step *s = mixture_step_at(old, site, masks);

    return likely(s->old == old) && likely(s->site == site) && likely(s->masks == masks) &&
                   likely(mixture_recent.era == path_era)
               ? s->result
               : 0;
}
uint32_t mixture_with(uint32_t old, uint64_t left, uint64_t mask, uint32_t site);

/* What the cell stands for, one entry for each site; `flags` are added to these. Returns how many, at most eight. */
unsigned mixture_list(uint64_t cell, uint32_t word, uint32_t flags, struct entry *e);

/* Can two cells say a history's entries: writes of one epoch, reads of one or a single free, each byte once? And the
 * granule that does; what does not fit (for want of memory) takes the place of what came before. */
bool mixture_fits(const struct entry *e, unsigned n);
struct granule mixture_cells(const struct entry *e, unsigned n);

#endif
