/* Trails: frames pushed and popped, paths made when asked for.
 *
 * Threads: the task's own, but that the world's stopper reads frames (trail_mark) while calls go on: it only needs the
 * paths that were set inside, and ignores numbers of nodes that are free. Frames move only inside.
 *
 * When a stack of frames cannot grow for want of memory its outermost half is dropped: later stacks of that task
 * lack it, which is said. */
#include "detector/trail.h"
#include "detector/access.h"
#include "detector/arena.h"
#include "detector/frames.h"
#include "detector/history.h"
#include "detector/path.h"
#include "detector/tenancy.h"
#include "detector/world.h"

#include <string.h>

enum { FRAMES_MIN = 16, REMEMBERED = 64 };

__thread struct recent_sites trail_recent;

static size_t bytes_of(const struct task_trail *r) { return (size_t)((char *)r->limit - (char *)r->base); }

static struct trail_frame *new_frames(size_t bytes) {
    return bytes <= ARENA_SMALL_MAX ? arena_alloc(bytes) : arena_map(bytes);
}

static void free_frames(struct trail_frame *f, size_t bytes) {
    if (bytes <= ARENA_SMALL_MAX) arena_free(f, bytes);
    else arena_unmap(f, bytes);
}

static void set_frames(struct task_trail *r, struct trail_frame *base, size_t bytes, size_t used) {
    r->base = base;
    frames_set_floor(r);
    r->limit = (struct trail_frame *)((char *)base + bytes);
    r->top = base + used;
}

/* -- growing ---------------------------------------------------------------------------------------------------- */

static void drop_outer_half(struct task_trail *r) {
    size_t used = (size_t)(r->top - r->base), kept = used / 2;

    engine_degraded("no memory for a deep call stack: its outermost calls are not known");
    frames_unwatch(r, 0); /* by their depth, which changes */
    memmove(r->base + 1, r->top - kept, kept * sizeof *r->base);
    r->top = r->base + 1 + kept;
    for (struct trail_frame *f = r->base + 1; f < r->top; f++) f->path = PATH_NONE;
}

static void grow(struct task_trail *r) {
    size_t used = (size_t)(r->top - r->base), old = bytes_of(r);
    struct trail_frame *more = new_frames(old * 2);

    if (!more) {
        drop_outer_half(r);
        return;
    }
    memcpy(more, r->base, used * sizeof *more);
    free_frames(r->base, old);
    set_frames(r, more, old * 2, used);
}

void det_enter_slow(struct det_task *t, uintptr_t pc) {
    ENGINE_SECTION;
    world_enter(t);
    grow(&t->trail);
    world_leave(t);
    det_enter(t, pc);
}

uint32_t det_depth(const struct det_task *t) { return (uint32_t)(t->trail.top - t->trail.base) - 1; }

void det_unwind(struct det_task *t, uint32_t depth) {
    if (depth >= det_depth(t)) return;
    frames_unwatch(&t->trail, depth);
    t->trail.top = t->trail.base + 1 + depth;
}

/* -- paths ------------------------------------------------------------------------------------------------------- */

/* The path of the deepest of the frames [known, top) whose path is in the trie, by way of hashes only; *at: that frame.
 * Where calls recurse on different ways, all but the last few frames are there already. */
static uint32_t find_deepest(struct trail_frame *known, struct trail_frame *top, struct trail_frame **at) {
    uint64_t hashes[REMEMBERED], hash = path_hash(known->path);
    struct trail_frame *f;

    for (f = known + 1; f < top; f++)
        hashes[(f - known) % REMEMBERED] = hash = path_hash_child(hash, path_key(PATH_CALL, f->pc));
    for (f = top - 1; f > known && top - f <= REMEMBERED; f--) {
        uint32_t path = path_find(hashes[(f - known) % REMEMBERED]);

        *at = f;
        if (path) return path;
    }
    *at = known;
    return known->path;
}

static GORO_NOINLINE uint32_t make_path(struct det_task *t) {
    struct trail_frame *f = t->trail.top - 1;
    uint32_t path;

    while (!f->path) f--; /* ends at the sentinel */
    path = find_deepest(f, t->trail.top, &f);
    f->path = path;
    while (++f < t->trail.top) path = f->path = path_child(path, path_key(PATH_CALL, f->pc));
    return path;
}

uint32_t trail_path(struct det_task *t) {
    uint32_t path = t->trail.top[-1].path;

    return likely(path) ? path : make_path(t);
}

/* Asks the trie, and keeps the answer among the recent ones. */
static GORO_NOINLINE uint32_t make_site(uint32_t path, uintptr_t pc, uint64_t key) {
    uint32_t site = path_child(path, key);

    if (unlikely(trail_recent.era != path_era)) {
        if (trail_recent.era) memset(&trail_recent, 0, sizeof trail_recent); /* new, it is empty already */
        trail_recent.era = path_era;
    }
    if (likely(site != PATH_LOST)) *trail_recent_at(path, pc) = (struct recent_site){pc, path, site};
    return site;
}

/* A set of locks among the recent sites: no pc is so high. */
static uintptr_t pc_of_locks(uint32_t locks) { return ~(uintptr_t)locks; }

/* The path with the locks held behind it; accesses come in series from one function, so the last answer is kept in the
 * task. */
static uint32_t add_locks(struct det_task *t, uint32_t path) {
    uint32_t locks = t->trail.locks;

    if (t->trail.bare_path != path) {
        const struct recent_site *k = trail_recent_at(path, pc_of_locks(locks));
        bool known = k->pc == pc_of_locks(locks) && k->path == path && trail_recent.era == path_era;

        t->trail.locked_path = known ? k->site : make_site(path, pc_of_locks(locks), path_key(PATH_LOCKS, locks));
        t->trail.bare_path = path;
    }
    return t->trail.locked_path;
}

uint32_t trail_site(struct det_task *t, uintptr_t pc) {
    uint32_t path, site = trail_known_site(&t->trail, pc);

    if (likely(site)) return site;
    path = trail_path(t);
    if (t->trail.locks) path = add_locks(t, path);
    site = trail_known_site(&t->trail, pc);
    return site ? site : make_site(path, pc, path_key(PATH_CALL, pc & PATH_VALUE));
}

/* -- a task's ends -------------------------------------------------------------------------------------------------- */

void task_trail_begin(struct det_task *t, struct det_task *parent, uintptr_t pc) {
    size_t bytes = FRAMES_MIN * sizeof(struct trail_frame);

    memset(&t->trail, 0, sizeof t->trail);
    set_frames(&t->trail, arena_alloc_essential(bytes), bytes, 1);
    *t->trail.base = (struct trail_frame){.path = PATH_ROOT};
    t->trail.page.word = PAGE_TOUCHED;
    t->trail.page.tenant = t->record->kind == DET_GOROUTINE ? TENANT_NEVER : (int32_t)t->slot + 1;
    if (!parent) return;
    world_enter(parent);
    t->record->created_site = trail_site(parent, pc);
    path_pin(t->record->created_site);
    world_leave(parent);
}

/* The pages of the task's stack become freed memory: an access there by anybody else is a finding until the stack is
 * given to another task. */
static void free_stack(struct det_task *t) {
    uintptr_t low = (t->stack_low + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
    uintptr_t high = t->stack_high & ~(uintptr_t)(PAGE_BYTES - 1);
    uint32_t history;

    if (high <= low || t->ignore) return;
    world_enter(t);
    /* Not touched: whoever comes here is found, ordered or not, so the slot's next owner need not know this epoch. */
    history = history_freed(t->word, trail_site(t, t->record->entry + 1)); /* a pc is behind its call */
    if (history) shadow_free_pages(low, high - low, history, t);
    world_leave(t);
}

void task_trail_end(struct det_task *t) {
    frames_unwatch(&t->trail, 0);
    free_stack(t);
    free_frames(t->trail.base, bytes_of(&t->trail));
}

/* -- for the stopped world --------------------------------------------------------------------------------------------- */

void trail_mark(struct det_task *t) {
    /* relaxed: calls go on meanwhile; see the top of the file */
    const struct trail_frame *top = __atomic_load_n(&t->trail.top, __ATOMIC_RELAXED);

    for (const struct trail_frame *f = t->trail.base; f < top; f++)
        path_mark_live(__atomic_load_n(&f->path, __ATOMIC_RELAXED));
    path_mark(t->trail.locks);
    t->trail.bare_path = t->trail.locked_path = PATH_NONE;
}

void trail_check(struct det_task *t) {
    const struct task_trail *r = &t->trail;

    goro_assert(r->base < r->top && r->top <= r->limit && r->base->path == PATH_ROOT);
    frames_check(r);
    for (const struct trail_frame *f = r->base + 1; f < r->top; f++) {
        if (f->path <= PATH_LOST) continue;
        goro_assert(path_value(f->path) == f->pc);
        goro_assert(!f[-1].path || f[-1].path == PATH_LOST || path_parent(f->path) == f[-1].path);
    }
}
