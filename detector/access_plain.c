/* Plain accesses of one granule that the fast path did not know, where nothing is out of the ordinary: the world goes
 * on, the page is open to this task, its site is at hand, and two cells say what was and what is.
 *
 * Most accesses in a new epoch are so, and each byte of a text. There is one function for each kind, and for whole
 * granules and two of them, without a call, so that all stays in registers; whatever is missing is left to a call at the
 * end, and whether the granule's list has this read already is asked before it is taken. The answers are those of step.h; a
 * test compares them. (With step_cells, which has the words in a struct, the compiler
 * keeps them in memory.)
 *
 * Threads: as access.c. */
#include "detector/access.h"
#include "detector/granule.h"
#include "detector/history_list.h"
#include "detector/mixture.h"
#include "detector/tenancy.h"
#include "detector/world.h"

/* Asks for what is needed next: the granule, whose sites may lie in another line, and what the program itself is going
 * to access. None of these loads can begin while a locked instruction is under way. (Measured, a hash map of 32,000
 * keys, on a busy machine: CPU time 0.72 to 0.77 of what it was.) */
GORO_INLINE void look_ahead(const struct shadow_granule *at, uintptr_t address) {
    __builtin_prefetch((const void *)address);
    __builtin_prefetch(at->cells);
    __builtin_prefetch(at->sites);
}

/* As task_knows, without a call: false where the general form must ask. */
GORO_INLINE bool is_known(const struct det_task *t, uint64_t cell, uint64_t mask) {
    return !(cell & mask) || task_knows_briefly(t, cell_stamp(cell));
}

GORO_INLINE uint64_t mask_of(uintptr_t address, size_t size) {
    return __builtin_constant_p(size) && size == GRANULE_BYTES ? CELL_MASK : cell_bytes(address, size);
}

/* Inside, the granule taken: a read where several tasks read and the granule owns the list of that, which has an entry
 * of this task. */
static GORO_NOINLINE void read_listed(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc,
                                      struct shadow_granule *at, uint64_t w, struct taking how) {
    struct history *h = history_at(at->sites[0] & ~SITE_EXTENDED);
    uint64_t cell = t->word | mask_of(address, size);

    if (unlikely(h->owner != OWNED) || unlikely(!history_renew(t, cell, how.site, h))) {
        access_taken(t, address, size, pc, at, how);
        return;
    }
    w = hint_of_other(w, at->cells[1], cell);
    __atomic_store_n(&at->cells[1], cell, __ATOMIC_RELAXED);
    __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
    world_leave(t);
}

/* The end of an access that the other cell's is before; own: its cell before, if that is of the same epoch. */
GORO_INLINE void put_cells(struct shadow_granule *at, uint64_t w, uint64_t r, uint64_t own, uint64_t mask,
                           struct taking how) {
    __atomic_store_n(&at->sites[!how.write], how.site, __ATOMIC_RELAXED);
    if (how.write) {
        r &= ~mask;
        __atomic_store_n(&at->cells[1], r & CELL_MASK ? r : 0, __ATOMIC_RELAXED);
        w = own | mask;
    } else {
        /* a stale word must not look extended */
        if (!w) __atomic_store_n(&at->sites[0], 0, __ATOMIC_RELAXED);
        __atomic_store_n(&at->cells[1], own | mask, __ATOMIC_RELAXED);
    }
    if (how.write || how.locks) __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
}

/* The same where the task has been at other bytes of the granule in this epoch, at another site. */
GORO_INLINE void finish_mixed(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc,
                                       struct shadow_granule *at, struct taking how) {
    /* relaxed: nobody changes it, but others may be trying to lock it */
    uint64_t w = __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED) & ~CELL_LOCK, r = at->cells[1];
    uint64_t own = how.write ? w : r, mask = mask_of(address, size);
    struct taking mixed = how;

    mixed.site = mixture_known(at->sites[!how.write], own & CELL_MASK & ~mask, mask, how.site);
    if (unlikely(!mixed.site)) {
        access_taken(t, address, size, pc, at, how);
        return;
    }
    put_cells(at, w, r, own, mask, mixed);
    world_leave(t);
}

/* Inside, the granule taken; w: its first cell. Makes the access and leaves. */
GORO_INLINE void finish(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, struct shadow_granule *at,
                        uint64_t w, struct taking how) {
    /* relaxed: whoever changes it has taken the granule */
    uint64_t r = __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED), mask = mask_of(address, size);
    uint64_t own = how.write ? w : r, other = how.write ? r : w;

    if (w | r) {
        if (unlikely(at->sites[0] & SITE_EXTENDED)) {
            if (how.write) goto generally;
            read_listed(t, address, size, pc, at, w, how);
            return;
        }
        if (unlikely(r & CELL_FREED) || unlikely(!is_known(t, other, mask))) goto generally;
        if ((own ^ t->word) & ~CELL_MASK) { /* another's, or of another epoch: it has to be replaced */
            if (unlikely(own & CELL_MASK & ~mask) || unlikely(!is_known(t, own, mask))) goto generally;
            own = t->word;
        } else if (unlikely(at->sites[!how.write] != how.site) && own & CELL_MASK & ~mask) {
            finish_mixed(t, address, size, pc, at, how);
            return;
        }
    } else own = t->word;
    put_cells(at, w, r, own, mask, how);
    world_leave(t);
    return;

generally:
    access_taken(t, address, size, pc, at, how);
}

/* False: not done, and not inside. */
GORO_INLINE bool make_plainly(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool write,
                              bool parallel) {
    const struct shadow_page *page;
    struct shadow_granule *at;
    struct shadow_chunk *c;
    int32_t tenant;
    uint32_t site;
    uint64_t w;

    if (unlikely(world_pass(t) != (parallel ? 0 : GATE_SINGLE)) || unlikely(address >> ADDRESS_BITS)) goto leave;
    c = shadow_chunk_of(address);
    if (unlikely(!c)) goto leave;
    at = shadow_at(c, address);
    look_ahead(at, address);
    page = &c->pages[shadow_page_of(address)];
    if (unlikely(__atomic_load_n(&page->word, __ATOMIC_RELAXED) != PAGE_TOUCHED)) goto leave;
    if (parallel && !write && unlikely(granule_has_noted(t, at, t->word | mask_of(address, size)))) {
        world_leave(t);
        return true;
    }
    site = trail_known_site(&t->trail, pc);
    if (unlikely(!site)) goto leave;
    tenant = __atomic_load_n(&page->tenant, __ATOMIC_ACQUIRE); /* as tenancy_of */
    t->touched = t->stamp;                                     /* this epoch has been used */
    if (!parallel || tenant == t->trail.tenant) {
        finish(t, address, size, pc, at, at->cells[0], (struct taking){site, false, write});
        return true;
    }
    if (likely(tenant == TENANT_SHARED) && likely(try_lock_cell(at->cells, &w))) {
        finish(t, address, size, pc, at, w, (struct taking){site, true, write});
        return true;
    }
leave:
    world_leave(t);
    return false;
}

/* All of one granule, inside. False: it has not been made. */
GORO_INLINE bool make_half(struct det_task *t, struct shadow_granule *at, struct taking how) {
    uint64_t word = t->word | CELL_MASK, w, r, own, other;

    if (!how.write && __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED) == word) return true;
    w = __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED);
    if (w == word || (!how.write && w == (word | CELL_SEEN))) return true;
    if (how.locks && !how.write && unlikely(granule_has_noted(t, at, word))) return true;
    if (how.locks && unlikely(!try_lock_cell(at->cells, &w))) return false;
    if (!how.locks) w = at->cells[0];
    /* relaxed: as in finish */
    r = __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED);
    own = how.write ? w : r;
    other = how.write ? r : w;
    if (w | r) {
        bool kept = !((own ^ t->word) & ~CELL_MASK);

        if (unlikely(at->sites[0] & SITE_EXTENDED) || unlikely(r & CELL_FREED) || !is_known(t, other, CELL_MASK) ||
            (!kept && !is_known(t, own, CELL_MASK))) {
            if (how.locks) __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
            return false;
        }
    }
    put_cells(at, w, r, t->word, CELL_MASK, how);
    return true;
}

/* Two granules of a page. What cannot be made here is made again, with the other half, by det_access_slow. */
GORO_INLINE bool make_pair(struct det_task *t, uintptr_t address, uintptr_t pc, bool write, bool parallel) {
    const struct shadow_page *page;
    struct taking how = {.write = write};
    struct shadow_granule *at;
    struct shadow_chunk *c;
    int32_t tenant;
    bool made = false;

    if (unlikely(world_pass(t) != (parallel ? 0 : GATE_SINGLE)) || unlikely(address >> ADDRESS_BITS)) goto leave;
    c = shadow_chunk_of(address);
    if (unlikely(!c) || unlikely((address & (PAGE_BYTES - 1)) == PAGE_BYTES - GRANULE_BYTES)) goto leave;
    at = shadow_at(c, address);
    look_ahead(at, address);
    page = &c->pages[shadow_page_of(address)];
    if (unlikely(__atomic_load_n(&page->word, __ATOMIC_RELAXED) != PAGE_TOUCHED)) goto leave;
    how.site = trail_known_site(&t->trail, pc);
    if (unlikely(!how.site)) goto leave;
    tenant = __atomic_load_n(&page->tenant, __ATOMIC_ACQUIRE); /* as tenancy_of */
    t->touched = t->stamp;                                     /* this epoch has been used */
    how.locks = parallel && tenant != t->trail.tenant;
    made = (!how.locks || likely(tenant == TENANT_SHARED)) && make_half(t, at, how) && make_half(t, at + 1, how);
leave:
    world_leave(t);
    return made;
}

/* Where one thread at a time is inside, and else in the general form. */
GORO_INLINE void make_aside(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc, bool write) {
    ENGINE_SECTION;

    if (likely(engine_is_single()) && likely(make_plainly(t, address, size, pc, write, false))) return;
    det_access_slow(t, address, size, write ? DET_WRITE : DET_READ, pc);
}

static GORO_NOINLINE void read_aside(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_aside(t, address, size, pc, false);
}
static GORO_NOINLINE void write_aside(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    make_aside(t, address, size, pc, true);
}
static GORO_NOINLINE void read_whole_aside(struct det_task *t, uintptr_t address, uintptr_t pc) {
    make_aside(t, address, GRANULE_BYTES, pc, false);
}
static GORO_NOINLINE void write_whole_aside(struct det_task *t, uintptr_t address, uintptr_t pc) {
    make_aside(t, address, GRANULE_BYTES, pc, true);
}

void det_read_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_plainly(t, address, size, pc, false, true))) read_aside(t, address, size, pc);
}
void det_write_new(struct det_task *t, uintptr_t address, size_t size, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_plainly(t, address, size, pc, true, true))) write_aside(t, address, size, pc);
}
void det_read_whole(struct det_task *t, uintptr_t address, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_plainly(t, address, GRANULE_BYTES, pc, false, true))) read_whole_aside(t, address, pc);
}
void det_write_whole(struct det_task *t, uintptr_t address, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_plainly(t, address, GRANULE_BYTES, pc, true, true))) write_whole_aside(t, address, pc);
}
static GORO_NOINLINE void pair_aside(struct det_task *t, uintptr_t address, uintptr_t pc, bool write) {
    ENGINE_SECTION;

    if (likely(engine_is_single()) && likely(make_pair(t, address, pc, write, false))) return;
    det_access_slow(t, address, 2 * GRANULE_BYTES, write ? DET_WRITE : DET_READ, pc);
}

void det_read_pair(struct det_task *t, uintptr_t address, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_pair(t, address, pc, false, true))) pair_aside(t, address, pc, false);
}
void det_write_pair(struct det_task *t, uintptr_t address, uintptr_t pc) {
    if (unlikely(t->ignore)) return;
    if (unlikely(!make_pair(t, address, pc, true, true))) pair_aside(t, address, pc, true);
}
