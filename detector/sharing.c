/* Which accesses could come in another order: asked when schedules are explored, before an access is made.
 *
 * The shadow remembers who touched a byte, where, and under which locks. That is all that is needed: no table beside it.
 *
 * Always true
 *  1. Nothing is changed but the cache of sites.
 *  2. What is left out can come in no other order: two reads; what an ancestor did before it started the task; accesses
 *     under a lock that both hold (its own operations are choices already). Atomics are the front's affair.
 *
 * Threads: the task's own. */
#include "detector/access.h"
#include "detector/granule.h"
#include "detector/locks.h"
#include "detector/path.h"
#include "detector/tenancy.h"
#include "detector/world.h"

enum { ENTRIES_MAX = HISTORY_MAX + 2 * GRANULE_BYTES, ANCESTORS_MAX = 16, GRANULES_MAX = 512 };

/* Did the task itself do that, or one of those that it descends from, before it started the next in line? */
static bool is_lineage(const struct det_task *t, uint64_t stamp) {
    const struct task_record *r = t->record;

    if (stamp_slot(stamp) == t->slot) return true; /* an earlier owner of the slot had been heard of by then (slot.c) */
    for (unsigned i = 0; r && r->parent_stamp && i < ANCESTORS_MAX; i++) {
        uint64_t parent = r->parent_stamp;

        if (stamp_slot(parent) == stamp_slot(stamp) && stamp_epoch(stamp) <= stamp_epoch(parent)) return true;
        r = task_of_stamp(parent);
    }
    return false;
}

static bool meets(const struct det_task *t, const struct entry *e, uint64_t mask, unsigned kind) {
    bool conflict = kind & DET_WRITE || e->site & SITE_WRITE;

    if (!(e->cell & mask) || !conflict || is_lineage(t, cell_stamp(e->cell))) return false;
    if (e->site & (SITE_FREED | SITE_MARK)) return true;
    return !locks_exclude(t->trail.locks, path_locks(e->site & SITE_PATH));
}

static uintptr_t pc_of(uint32_t site) {
    uint32_t path = site & SITE_PATH;

    return path >= PATH_FIRST && path_tag_of(path) == PATH_CALL ? (uintptr_t)path_value(path) : 0;
}

/* What the granule says, without keeping it. False: nobody has touched it. */
static bool look(struct det_task *t, uintptr_t address, struct granule *g) {
    struct shadow_chunk *c = shadow_chunk_of(address);
    size_t page = shadow_page_of(address);
    struct place p;

    if (!c || __atomic_load_n(&c->pages[page].word, __ATOMIC_RELAXED) != PAGE_TOUCHED) return false;
    p = place_at(c, address);
    if (engine_is_single()) {
        *g = take_granule(p, false);
        return g->w | g->r;
    }
    while (tenancy_of(c, page) != t->trail.page.tenant && tenancy_of(c, page) != TENANT_SHARED) {
        world_leave(t);
        tenancy_settle(c, page, t);
        world_enter(t);
    }
    *g = take_granule(p, tenancy_of(c, page) == TENANT_SHARED);
    put_granule(p, g);
    return g->w | g->r;
}

static bool meets_in_granule(struct det_task *t, uintptr_t address, uint64_t mask, unsigned kind, uintptr_t *other) {
    struct entry e[ENTRIES_MAX];
    struct granule g;
    unsigned n;

    if (!look(t, address, &g)) return false;
    if (!history_entries(&g, e, &n)) return true; /* a crowd */
    for (unsigned i = 0; i < n; i++) {
        if (!meets(t, &e[i], mask, kind)) continue;
        *other = pc_of(e[i].site);
        return true;
    }
    return false;
}

bool det_meets_another(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t *other) {
    ENGINE_SECTION;
    uintptr_t end = address + n;
    bool met = false;

    *other = 0;
    if (t->ignore || end < address || (end - 1) >> ADDRESS_BITS) return false;
    world_enter(t);
    for (unsigned i = 0; address < end && !met && i < GRANULES_MAX; i++) {
        uintptr_t next = (address | (GRANULE_BYTES - 1)) + 1, to = next < end ? next : end;

        met = meets_in_granule(t, address, cell_bytes(address, to - address) & CELL_MASK, kind, other);
        address = to;
    }
    world_leave(t);
    return met;
}
