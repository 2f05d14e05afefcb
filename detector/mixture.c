/* Lists of (bytes, site) in the trie of paths, and the last steps from one to the next. */
#include "detector/mixture.h"

#include <string.h>

enum { BYTES_SHIFT = 32 };

__thread struct mixture_steps mixture_recent;

unsigned mixture_list(uint64_t cell, uint32_t word, uint32_t flags, struct entry *e) {
    uint64_t left = cell & CELL_MASK, who = cell & ~CELL_MASK;
    unsigned n = 0;

    if (!(word & SITE_MIXED)) {
        e[0] = (struct entry){cell, word | flags};
        return 1;
    }
    for (uint32_t p = word & SITE_PATH; p > PATH_LOST; p = path_parent(p)) {
        uint64_t value = path_value(p), bytes = value >> BYTES_SHIFT & left;

        if (!bytes) continue;
        e[n++] = (struct entry){who | bytes, (uint32_t)value | flags};
        left &= ~bytes;
    }
    /* Torn words (shadow.c, Threads): the bytes are true, their site is one of this memory. */
    if (left && n) e[n - 1].cell |= left;
    else if (left) e[n++] = (struct entry){who | left, PATH_LOST | flags};
    return n;
}

/* In order of the lowest byte, so that a mixture has one number however it came about. */
static void insert_sorted(struct entry *e, unsigned n, struct entry x) {
    for (; n && (e[n - 1].cell & -e[n - 1].cell) > (x.cell & -x.cell); n--) e[n] = e[n - 1];
    e[n] = x;
}

static GORO_NOINLINE uint32_t make(uint32_t old, uint64_t left, uint64_t mask, uint32_t site) {
    struct entry was[GRANULE_BYTES], e[GRANULE_BYTES + 1];
    unsigned n = mixture_list(left, old, 0, was), kept = 0;
    uint32_t path = PATH_ROOT;

    for (unsigned i = 0; i < n; i++) {
        if (was[i].site == site) mask |= was[i].cell;
        else insert_sorted(e, kept++, was[i]);
    }
    insert_sorted(e, kept++, (struct entry){mask, site});
    if (kept == 1) return site;
    for (unsigned i = 0; i < kept; i++)
        path = path_child(path, path_key(PATH_BYTES, e[i].cell << BYTES_SHIFT | e[i].site));
    return path == PATH_LOST ? PATH_LOST : path | SITE_MIXED;
}

static GORO_NOINLINE uint32_t remember(uint32_t old, uint64_t left, uint64_t mask, uint32_t site) {
    uint32_t masks = mixture_masks(left, mask), result = make(old, left, mask, site);

    if (unlikely(mixture_recent.era != path_era)) {
        if (mixture_recent.era) memset(&mixture_recent, 0, sizeof mixture_recent);
        mixture_recent.era = path_era;
    }
    if (likely(result != PATH_LOST))
        *mixture_step_at(old, site, masks) = (struct mixture_step){old, site, result, masks};
    return result;
}

uint32_t mixture_with(uint32_t old, uint64_t left, uint64_t mask, uint32_t site) {
    uint32_t known = mixture_known(old, left, mask, site);

    return likely(known) ? known : remember(old, left, mask, site);
}

/* -- two cells of a list ----------------------------------------------------------------------------------------- */

bool mixture_fits(const struct entry *e, unsigned n) {
    uint64_t write = 0, read = 0;

    for (unsigned i = 0; i < n; i++) {
        bool is_write = (e[i].site & (SITE_WRITE | SITE_FREED)) == SITE_WRITE;
        uint64_t *cell = is_write ? &write : &read, x = e[i].cell | (e[i].site & SITE_FREED ? CELL_FREED : 0);

        if (*cell && ((*cell ^ x) & ~CELL_MASK || *cell & x & (CELL_FREED | CELL_MASK))) return false;
        *cell |= x;
    }
    return true;
}

/* What does not fit (for want of memory) takes the place of what was there. */
static void add_to_cell(uint64_t *cell, uint32_t *at, uint64_t x, uint32_t site) {
    if ((*cell ^ x) & ~CELL_MASK) {
        *cell = x;
        *at = site;
        return;
    }
    *at = mixture_with(*at, *cell & ~x & CELL_MASK, x & CELL_MASK, site);
    *cell |= x;
}

struct granule mixture_cells(const struct entry *e, unsigned n) {
    struct granule g = {0};

    for (unsigned i = 0; i < n; i++) {
        uint32_t site = e[i].site & ~(SITE_WRITE | SITE_FREED);

        if (e[i].site & SITE_FREED) g.r = e[i].cell | CELL_FREED, g.rs = site;
        else if (e[i].site & SITE_WRITE) add_to_cell(&g.w, &g.ws, e[i].cell, site);
        else add_to_cell(&g.r, &g.rs, e[i].cell, site);
    }
    return g;
}
