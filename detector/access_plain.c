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
#include "detector/reorder.h"
#include "detector/tenancy.h"
#include "detector/world.h"

/* Asks for what is needed next: the granule's sites, which may lie in another line, and what the program itself is going
 * to access. None of these loads can begin while a locked instruction is under way. (Measured, a hash map of 32,000
 * keys, on a busy machine: CPU time 0.72 to 0.77 of what it was.) */
GORO_INLINE void look_ahead(const struct shadow_granule *at, uintptr_t address) {
    __builtin_prefetch((const void *)address);
    __builtin_prefetch(at->sites);
}

/* As task_knows, without a call: false where the general form must ask. */
GORO_INLINE bool is_known(const struct det_task *t, uint64_t cell, uint64_t mask) {
    return likely(task_knows_cell(t, cell)) || !(cell & mask);
}

/* Accesses here are told by the mask of their bytes, which the fast path has made. */
static size_t bytes_of(uint64_t mask) { return (size_t)__builtin_popcountll(mask); }

GORO_INLINE bool is_listed(const struct shadow_granule *at) {
    return __atomic_load_n(&at->sites[0], __ATOMIC_RELAXED) & SITE_EXTENDED;
}

/* -- a read where several tasks read ----------------------------------------------------------------------------- */

/* The general form, outside. */
static GORO_NOINLINE void read_generally(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc) {
    world_leave(t);
    det_access_slow(t, address, bytes_of(mask), DET_READ, pc);
}

/* Inside. A read of a granule with a list: most often several tasks read it, the granule owns the list, and that has an
 * entry of this task. Makes it and leaves. */
GORO_INLINE void read_list(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                           struct shadow_granule *at, bool locks) {
    uint64_t cell = t->word | mask, w;
    struct taking how = {.site = trail_known_site(&t->trail, pc), .locks = locks};
    struct history *h;

    if (unlikely(!how.site) || (locks && unlikely(!try_lock_cell(at->cells, &w)))) {
        read_generally(t, address, mask, pc);
        return;
    }
    t->touched = t->stamp; /* this epoch has been used */
    if (!locks) w = at->cells[0];
    h = history_at(at->sites[0] & ~SITE_EXTENDED);
    if (unlikely(!is_listed(at)) || unlikely(!(w | at->cells[1])) || unlikely(h->owner != OWNED) ||
        unlikely(!history_renew(t, cell, how.site, h, task_knows_cell))) {
        access_taken(t, address, mask, pc, at, how);
        return;
    }
    w = hint_of_other(w, at->cells[1], cell);
    __atomic_store_n(&at->cells[1], cell, __ATOMIC_RELAXED);
    __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
    world_leave(t);
}

static GORO_NOINLINE void read_list_of_all(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                                           struct shadow_granule *at) {
    if (history_hidden_reads && granule_has_noted(t, at, t->word | mask)) world_leave(t);
    else read_list(t, address, mask, pc, at, true);
}
static GORO_NOINLINE void read_list_of_own(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                                           struct shadow_granule *at) {
    read_list(t, address, mask, pc, at, false);
}

/* -- a write beside others' bytes ------------------------------------------------------------------------------------ */

/* Inside, the granule taken. A write to bytes that are this task's alone, in a list; or whatever else it is. */
GORO_INLINE void write_taken(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                             struct shadow_granule *at, struct taking how) {
    /* relaxed: nobody changes it, but others may be trying to lock it */
    struct granule now, was = {.w = __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED) & ~CELL_LOCK, .r = at->cells[1]};
    struct history *h = history_at(at->sites[0] & ~SITE_EXTENDED);
    struct hints told = {0};

    if (!is_listed(at) || !(was.w | was.r) || h->owner != OWNED || !history_renew_write(t->word | mask, how.site, h)) {
        access_taken(t, address, mask, pc, at, how);
        return;
    }
    for (unsigned i = 0; i < h->count; i++) add_hint(&told, t->word, h->cells[i], sites_of(h)[i]);
    now = hinted_granule(&told, t->word, 0, &was);
    __atomic_store_n(&at->cells[1], now.r, __ATOMIC_RELAXED);
    __atomic_store_n(&at->cells[0], now.w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
    world_leave(t);
}

/* -- one granule ------------------------------------------------------------------------------------------------- */

/* The end of an access that the other cell's is before; own: its cell before, if that is of the same epoch. */
GORO_INLINE void put_cells(struct shadow_granule *at, uint64_t w, uint64_t r, uint64_t own, uint64_t mask,
                           struct taking how) {
    __atomic_store_n(&at->sites[!how.write], how.site, __ATOMIC_RELAXED);
    if (how.write) {
        r &= ~mask;
        __atomic_store_n(&at->cells[1], r & CELL_MASK ? r : 0, __ATOMIC_RELAXED);
        w = own | mask;
    } else __atomic_store_n(&at->cells[1], own | mask, __ATOMIC_RELAXED);
    if (how.write || how.locks) __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
}

/* Inside, the granule taken. The task has been at other bytes of it in this epoch, at another site; else in the general
 * form. One function for each kind: all that is left to do for who calls it is in registers already, and not moved. */
GORO_INLINE void finish_mixed(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                              struct shadow_granule *at, struct taking how) {
    /* relaxed: nobody changes it, but others may be trying to lock it */
    uint64_t w = __atomic_load_n(&at->cells[0], __ATOMIC_RELAXED) & ~CELL_LOCK, r = at->cells[1];
    uint64_t own = how.write ? w : r;
    uint32_t site = mixture_known(at->sites[!how.write], own & CELL_MASK & ~mask, mask, how.site);

    if (unlikely(!site)) {
        access_taken(t, address, mask, pc, at, how);
        return;
    }
    how.site = site;
    put_cells(at, w, r, own, mask, how);
    world_leave(t);
}
typedef void ending(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc, struct shadow_granule *at,
                    uint32_t site);
#define ENDINGS(name, write, locks)                                                                                    \
    static GORO_NOINLINE void name##_mixed(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,         \
                                           struct shadow_granule *at, uint32_t site) {                                 \
        finish_mixed(t, address, mask, pc, at, (struct taking){site, locks, write});                                   \
    }                                                                                                                  \
    static GORO_NOINLINE void name##_generally(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,     \
                                               struct shadow_granule *at, uint32_t site) {                             \
        (write ? write_taken : access_taken)(t, address, mask, pc, at, (struct taking){site, locks, write});           \
    }
ENDINGS(read_own, false, false)
ENDINGS(read_all, false, true)
ENDINGS(write_own, true, false)
ENDINGS(write_all, true, true)
#define ENDING(write, locks, how)                                                                                      \
    ((write) ? (locks) ? write_all_##how : write_own_##how : (locks) ? read_all_##how : read_own_##how)

/* Inside, the granule taken; w: its first cell. Makes the access and leaves. */
GORO_INLINE void finish(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc, struct shadow_granule *at,
                        uint64_t w, struct taking how) {
    /* relaxed: whoever changes it has taken the granule */
    uint64_t r = __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED);
    uint64_t own = how.write ? w : r, other = how.write ? r : w;

    if (unlikely(is_listed(at))) {
        if (w | r) goto generally;
        __atomic_store_n(&at->sites[0], 0, __ATOMIC_RELAXED); /* a stale word must not look extended */
    }
    if (unlikely(r & CELL_FREED) || unlikely(!is_known(t, other, mask))) goto generally;
    if (mask == CELL_MASK || (own ^ t->word) & ~CELL_MASK) { /* all of it, or another's or of another epoch: replaced */
        if (unlikely(own & CELL_MASK & ~mask) || unlikely(!is_known(t, own, mask))) goto generally;
        own = t->word;
    } else if (unlikely(at->sites[!how.write] != how.site) && own & CELL_MASK & ~mask) {
        ENDING(how.write, how.locks, mixed)(t, address, mask, pc, at, how.site);
        return;
    }
    put_cells(at, w, r, own, mask, how);
    world_leave(t);
    return;

generally:
    ENDING(how.write, how.locks, generally)(t, address, mask, pc, at, how.site);
}

/* What is done where the shortest way is not open: again, with all that was told. */
typedef void aside(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc);

/* Inside, the page open. Every call is the last thing that is done: there is nothing to keep. mark: 0 or SITE_MARK. */
GORO_INLINE void make_in_page(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                              struct shadow_granule *at, bool write, bool locks, uint32_t mark, aside *otherwise) {
    struct taking how = {.locks = locks, .write = write};
    uint64_t w = 0;

    if (!write && !mark && unlikely(is_listed(at))) {
        (locks ? read_list_of_all : read_list_of_own)(t, address, mask, pc, at);
        return;
    }
    how.site = trail_known_site(&t->trail, pc);
    if (unlikely(!how.site) || (locks && unlikely(!try_lock_cell(at->cells, &w)))) {
        world_leave(t);
        otherwise(t, address, mask, pc);
        return;
    }
    how.site |= mark;
    t->touched = t->stamp; /* this epoch has been used */
    finish(t, address, mask, pc, at, locks ? w : at->cells[0], how);
}

#define SHARED_PAGE ((struct shadow_page){.word = PAGE_TOUCHED, .tenant = TENANT_SHARED})

GORO_INLINE void make_plainly(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc,
                              struct shadow_chunk *c, struct shadow_granule *at, bool write, bool parallel,
                              uint32_t mark, aside *otherwise) {
    uint32_t gate = world_pass(t);
    const struct shadow_page *page = &c->pages[shadow_page_of(address)];
    uint64_t both;

    if (unlikely(gate != (parallel ? 0 : GATE_SINGLE)) || unlikely(address >> ADDRESS_BITS)) goto leave;
    look_ahead(at, address);
    if (parallel) {
        both = __atomic_load_n(&page->both, __ATOMIC_ACQUIRE); /* as tenancy_of */
        if (both == SHARED_PAGE.both) {
            make_in_page(t, address, mask, pc, at, write, true, mark, otherwise);
            return;
        }
        if (unlikely(both != t->trail.page.both)) goto leave;
    } else if (unlikely(__atomic_load_n(&page->word, __ATOMIC_RELAXED) != PAGE_TOUCHED)) goto leave;
    make_in_page(t, address, mask, pc, at, write, false, mark, otherwise);
    return;
leave:
    world_leave(t);
    otherwise(t, address, mask, pc);
}

/* -- two granules -------------------------------------------------------------------------------------------------- */

/* The task's tenancy of the page, as tenancy_of; *locks: its granules are everybody's. False: it is another's. */
GORO_INLINE bool may_take(const struct det_task *t, const struct shadow_chunk *c, uintptr_t address, bool parallel,
                          bool *locks) {
    int32_t tenant = parallel ? tenancy_of(c, shadow_page_of(address)) : 0;

    *locks = parallel && tenant != t->trail.page.tenant;
    return !*locks || likely(tenant == TENANT_SHARED);
}

/* A step that the same task has just made at other granules: threads that read one array. False: it is none. */
static GORO_NOINLINE bool repeat_half(struct det_task *t, struct shadow_granule *at, uint64_t w, struct taking how) {
    struct granule g = {.w = w, .r = at->cells[1], .ws = at->sites[0], .rs = at->sites[1]};

    if (!history_repeat(t, t->word | CELL_MASK, how.site, how.write, &g)) return false;
    put_granule((struct place){at->cells, at->sites}, &g);
    return true;
}

/* All of one granule, inside. False: it has not been made. */
GORO_INLINE bool make_half(struct det_task *t, struct shadow_granule *at, struct taking how) {
    uint64_t word = t->word | CELL_MASK, w, r;

    if (granule_is_repeated(at, t->word, CELL_MASK, how.write ? DET_WRITE : DET_READ)) return true;
    if (how.locks && !how.write && unlikely(granule_has_noted(t, at, word))) return true;
    if (!how.locks) w = at->cells[0];
    else if (unlikely(!try_lock_cell(at->cells, &w))) return false;
    /* relaxed: as in finish */
    r = __atomic_load_n(&at->cells[1], __ATOMIC_RELAXED);
    if (unlikely(is_listed(at)) || unlikely(r & CELL_FREED) || unlikely(!is_known(t, w, CELL_MASK)) ||
        unlikely(!is_known(t, r, CELL_MASK))) {
        if (w | r) {
            if (!how.write && repeat_half(t, at, w, how)) return true;
            if (how.locks) __atomic_store_n(&at->cells[0], w, __ATOMIC_RELEASE); /* pairs with try_lock_cell */
            return false;
        }
        __atomic_store_n(&at->sites[0], 0, __ATOMIC_RELAXED); /* as in finish */
    }
    put_cells(at, w, r, t->word, CELL_MASK, how);
    return true;
}

/* Two granules of a page. What cannot be made here is made again, with the other half, by det_access_slow. */
GORO_INLINE bool make_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,
                           struct shadow_granule *at, bool write, bool parallel) {
    struct taking how = {.write = write};
    bool made = false;

    if (unlikely(world_pass(t) != (parallel ? 0 : GATE_SINGLE)) || unlikely(address >> ADDRESS_BITS)) goto leave;
    if (unlikely((address & (PAGE_BYTES - 1)) == PAGE_BYTES - GRANULE_BYTES)) goto leave;
    look_ahead(at, address);
    if (unlikely(__atomic_load_n(&c->pages[shadow_page_of(address)].word, __ATOMIC_RELAXED) != PAGE_TOUCHED))
        goto leave;
    if (!may_take(t, c, address, parallel, &how.locks)) goto leave;
    how.site = trail_known_site(&t->trail, pc);
    if (unlikely(!how.site)) goto leave;
    t->touched = t->stamp; /* this epoch has been used */
    made = make_half(t, at, how) && make_half(t, at + 1, how);
leave:
    world_leave(t);
    return made;
}

/* -- the calls --------------------------------------------------------------------------------------------------- */

/* One thread at a time is inside, or it is one for the general form. */
GORO_INLINE void make_aside(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc, bool write,
                            aside *otherwise) {
    ENGINE_SECTION;
    struct shadow_chunk *c = shadow_chunk_of(address);

    if (unlikely(!engine_is_single()) || unlikely(!c)) otherwise(t, address, mask, pc);
    else make_plainly(t, address, mask, pc, c, shadow_at(c, address), write, false, 0, otherwise);
}

GORO_INLINE void make_pair_aside(struct det_task *t, uintptr_t address, uintptr_t pc, bool write) {
    ENGINE_SECTION;
    struct shadow_chunk *c = shadow_chunk_of(address);

    if (unlikely(!engine_is_single()) || unlikely(!c) ||
        unlikely(!make_pair(t, address, pc, c, shadow_at(c, address), write, false)))
        det_access_slow(t, address, 2 * GRANULE_BYTES, write ? DET_WRITE : DET_READ, pc);
}

#define KIND(name, write, kind)                                                                                        \
    static GORO_NOINLINE void name##_slowly(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc) {      \
        det_access_slow(t, address, bytes_of(mask), kind, pc);                                                         \
    }                                                                                                                  \
    static GORO_NOINLINE void name##_aside(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc) {       \
        make_aside(t, address, mask, pc, write, name##_slowly);                                                        \
    }                                                                                                                  \
    static GORO_NOINLINE void name##_pair_aside(struct det_task *t, uintptr_t address, uintptr_t pc) {                 \
        make_pair_aside(t, address, pc, write);                                                                        \
    }                                                                                                                  \
    void det_##name##_new(struct det_task *t, uintptr_t address, uintptr_t pc, uint64_t mask, struct shadow_chunk *c,  \
                          struct shadow_granule *at) {                                                                 \
        if (likely(!t->ignore)) make_plainly(t, address, mask, pc, c, at, write, true, 0, name##_aside);                \
    }                                                                                                                  \
    void det_##name##_whole(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,               \
                            struct shadow_granule *at) {                                                               \
        if (likely(!t->ignore)) make_plainly(t, address, CELL_MASK, pc, c, at, write, true, 0, name##_aside);          \
    }                                                                                                                  \
    void det_##name##_pair(struct det_task *t, uintptr_t address, uintptr_t pc, struct shadow_chunk *c,                \
                           struct shadow_granule *at) {                                                                \
        if (likely(!t->ignore) && unlikely(!make_pair(t, address, pc, c, at, write, true)))                            \
            name##_pair_aside(t, address, pc);                                                                         \
    }

KIND(read, false, DET_READ)
KIND(write, true, DET_WRITE)

/* -- marks ----------------------------------------------------------------------------------------------------------- */

static GORO_NOINLINE void mark_slowly(struct det_task *t, uintptr_t address, uint64_t mask, uintptr_t pc) {
    det_range(t, address, bytes_of(mask), DET_READ | DET_MARK, pc);
}

void det_mark_new(struct det_task *t, uintptr_t address, uintptr_t pc) {
    ENGINE_SECTION;
    struct shadow_chunk *c = shadow_chunk_of(address);
    struct shadow_granule *at = shadow_at(c, address);

    if (unlikely(!c) || unlikely(t->ignore) || unlikely(reorder_on)) mark_slowly(t, address, CELL_MASK, pc);
    else if (engine_is_single()) make_plainly(t, address, CELL_MASK, pc, c, at, false, false, SITE_MARK, mark_slowly);
    else make_plainly(t, address, CELL_MASK, pc, c, at, false, true, SITE_MARK, mark_slowly);
}
