/* Who does what, on request: all goroutines and threads, what each waits on, who holds that, and the calls it is in.
 *
 * Those that wait alike are one entry, as in a census; for locks, on the same lock, since each has a holder of its own.
 * Who runs is told of by the calls that its trail has: the place in the innermost function is not known, only where that
 * was called.
 *
 * Threads: any that is not inside. The world is stopped meanwhile, so that trails do not move; who runs goes on making calls
 * of which some may be missed. */
#include "detector/arena.h"
#include "detector/census.h"
#include "detector/forever.h"
#include "detector/locks.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/waitgraph.h"
#include "detector/world.h"

#include <stdlib.h>

enum { ENTRIES_MAX = 500, ENTRIES_PER_PIECE = 16 };

struct entry {
    struct group group; /* wait.kind 0: it runs, and wait.site is where */
    bool forever;
};

struct picture {
    struct entry entries[ENTRIES_MAX];
    uint32_t count;
    uint64_t omitted;
    struct det_pictured seen;
};

/* A thread that nobody announced is the runtime's own, or ours. */
static bool is_users(const struct det_task *t) { return t->record->kind != DET_THREAD || t->record->parent_id; }

/* The calls that a task is in which is not ours to change. */
static uint32_t path_of(const struct det_task *t) {
    const struct trail_frame *top = __atomic_load_n(&t->trail.top, __ATOMIC_RELAXED); /* calls go on meanwhile */
    uint32_t path = PATH_ROOT;

    for (const struct trail_frame *f = t->trail.base + 1; f < top; f++)
        path = path_child(path, path_key(PATH_CALL, f->pc));
    if (t->trail.locks) path = path_child(path, path_key(PATH_LOCKS, t->trail.locks));
    /* a function that was called by nobody: its first byte */
    return path == PATH_ROOT && t->record->entry ? path_child(path, path_key(PATH_CALL, t->record->entry + 1)) : path;
}

static bool is_same(const struct entry *e, const struct det_task *t, const struct task_wait *w, bool forever) {
    return e->forever == forever && group_is_same(&e->group, t, w) &&
           (!waitgraph_is_lock(w->kind) || e->group.wait.object == w->object);
}

static void add(struct picture *p, struct det_task *t, const struct task_wait *w, bool forever) {
    uint32_t i = 0;

    while (i < p->count && !is_same(&p->entries[i], t, w, forever)) i++;
    if (i == ENTRIES_MAX) {
        p->omitted++;
        return;
    }
    if (i == p->count) p->entries[p->count++] = (struct entry){.forever = forever};
    group_add(&p->entries[i].group, t, w);
}

static void look(struct det_task *t, void *arg) {
    struct picture *p = arg;
    struct task_wait w;
    bool waits = waitgraph_read(t, &w), forever = waits && (w.finding || forever_is_lost(t));

    if (!is_users(t)) return;
    if (!waits) w = (struct task_wait){.site = path_of(t)};
    p->seen.waiting += waits;
    p->seen.running += !waits;
    p->seen.forever += forever;
    add(p, t, &w, forever);
}

static int by_id(const void *a, const void *b) {
    const struct entry *x = a, *y = b;

    return x->group.record->id < y->group.record->id ? -1 : x->group.record->id > y->group.record->id;
}

static void tell(struct plight *piece, const struct entry *e) {
    const struct task_wait *w = &e->group.wait;
    struct finding_part *x;
    struct holding h;

    if (!w->kind) {
        x = plight_add(piece, FINDING_RUNS, e->group.record, FINDING_NO_OBJECT, 0, w->site);
        if (x) x->count = e->group.count;
        return;
    }
    x = plight_add_wait(piece, e->group.record, w, e->group.count);
    if (x) x->forever = e->forever;
    if (waitgraph_is_lock(w->kind) && ownership_find(w->object, &h))
        plight_add(piece, FINDING_HOLDS, h.record, (enum finding_object)h.kind, h.lock, h.site);
    census_tell_counted(w, piece);
}

static void show(struct picture *p) {
    for (uint32_t i = 0; i < p->count;) {
        struct plight *piece = plight_new_piece();

        if (!piece) return;
        world_hold();
        for (uint32_t n = 0; n < ENTRIES_PER_PIECE && i < p->count; n++) tell(piece, &p->entries[i++]);
        if (i == p->count) plight_omit(piece, p->omitted);
        world_release();
        plight_show(piece);
    }
}

struct det_pictured det_picture(void) {
    ENGINE_SECTION;
    struct picture *p = arena_map(sizeof *p);
    struct det_pictured seen;

    if (!p) {
        engine_degraded("no memory for a picture of all goroutines");
        return (struct det_pictured){0};
    }
    world_stop(NULL);
    task_each_alive(look, p);
    world_go_on();
    qsort(p->entries, p->count, sizeof *p->entries, by_id);
    show(p);
    seen = p->seen;
    arena_unmap(p, sizeof *p);
    return seen;
}
