/* Sets of locks held, interned in the trie of paths: the rest of the set, then the lock, then where it was taken.
 *
 * A set becomes part of the site of each access that is made under it (trail_site), so the earlier access of a race
 * knows its locks with no table beside the shadow and no memory for accesses made without locks. It is also all that is
 * kept of who holds what while nobody waits for it: ownership.c hears of it when its task waits or ends.
 *
 * Always true
 *  1. A task's set has the locks that it took and did not unlock, but for those that another task unlocked instead: such
 *     a lock has no holder, is in no set from its next lock on, and leaves that of its taker at the taker's next lock or
 *     unlock of any (`robbed`).
 *
 * Not done
 *  - A side table keyed by (slot, epoch): an epoch may contain a lock operation (taking one publishes nothing), so it
 *    does not determine the set.
 *  - A table of all locks held and their holders: two entries to make and to find, under one lock, each time. */
#include "detector/locks.h"
#include "detector/lockorder.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/preserve.h"
#include "detector/reorder.h"
#include "detector/sync.h"
#include "detector/task.h"
#include "detector/trail.h"
#include "detector/waitgraph.h"
#include "detector/world.h"

#include <string.h>

enum { LOCK_KIND_SHIFT = 48, LOCK_READ_SHIFT = 56, REBUILT_MAX = 256, EXCLUDING_MAX = 16, RECENT_SETS = 64 };
#define LOCK_ADDRESS (((uint64_t)1 << LOCK_KIND_SHIFT) - 1)
_Static_assert(((uint64_t)1 << LOCK_READ_SHIFT) <= PATH_VALUE >> 1, "a lock fits a path's value");

/* -- sets ------------------------------------------------------------------------------------------------------------- */

static struct lock_held held_at(uint32_t set) {
    uint64_t lock = path_value(path_parent(set));

    return (struct lock_held){.kind = (enum finding_object)(lock >> LOCK_KIND_SHIFT & 0xff),
                              .address = lock & LOCK_ADDRESS,
                              .read = lock >> LOCK_READ_SHIFT & 1,
                              .taken = (uint32_t)path_value(set)};
}

static uint32_t rest_of(uint32_t set) { return path_parent(path_parent(set)); }

static bool is_set(uint32_t set) { return set > PATH_LOST && path_tag_of(set) == PATH_TAKEN; }

/* The sets that a thread made last: the usual answer, without the trie's two look-ups. As trail.c has it for sites. */
struct recent_set {
    uint64_t lock;
    uint32_t rest, taken, set;
};
static __thread __attribute__((tls_model("initial-exec"))) struct {
    uint32_t era; /* path_era */
    struct recent_set sets[RECENT_SETS];
} recent;

static GORO_NOINLINE uint32_t make_set(struct recent_set *k, uint32_t rest, uint64_t lock, uint32_t taken) {
    uint32_t set = path_child(rest ? rest : PATH_ROOT, path_key(PATH_LOCK, lock));

    set = path_child(set, path_key(PATH_TAKEN, taken));
    if (unlikely(recent.era != path_era)) {
        if (recent.era) memset(&recent, 0, sizeof recent);
        recent.era = path_era;
    }
    if (likely(is_set(set))) *k = (struct recent_set){lock, rest, taken, set};
    return set;
}

static uint32_t add(uint32_t rest, const struct lock_held *l) {
    uint64_t lock = (l->address & LOCK_ADDRESS) | (uint64_t)(l->kind & 0xff) << LOCK_KIND_SHIFT |
                    (uint64_t)l->read << LOCK_READ_SHIFT;
    struct recent_set *k = &recent.sets[(lock >> 3 ^ rest * 7 ^ l->taken) % RECENT_SETS];

    if (likely(k->lock == lock) && likely(k->rest == rest) && likely(k->taken == l->taken) &&
        likely(recent.era == path_era))
        return k->set;
    return make_set(k, rest, lock, l->taken);
}

static void set_locks(struct det_task *t, uint32_t set) {
    /* relaxed: whoever looks at the holders of a lock sees this one before or after */
    __atomic_store_n(&t->trail.locks, is_set(set) ? set : PATH_NONE, __ATOMIC_RELAXED);
    t->trail.bare_path = t->trail.locked_path = PATH_NONE;
}

/* Without the innermost of this address and mode; false: there is none. */
static GORO_NOINLINE bool take_out_deep(struct det_task *t, uintptr_t lock, bool read) {
    struct lock_held above[REBUILT_MAX];
    uint32_t set, n = 0;

    for (set = t->trail.locks; is_set(set) && n < REBUILT_MAX; set = rest_of(set)) {
        above[n] = held_at(set);
        if (above[n].address == lock && above[n].read == read) break;
        n++;
    }
    if (!is_set(set) || n == REBUILT_MAX) return false;
    set = rest_of(set);
    while (n) set = add(set, &above[--n]);
    set_locks(t, set);
    return true;
}

static bool take_out(struct det_task *t, uintptr_t lock, bool read) {
    uint32_t set = t->trail.locks;
    struct lock_held top;

    if (!is_set(set)) return false;
    top = held_at(set);
    if (unlikely(top.address != lock || top.read != read)) return take_out_deep(t, lock, read);
    set_locks(t, rest_of(set));
    return true;
}

/* -- locks that goroutines hand to each other --------------------------------------------------------------------------- */

/* Others have unlocked some that are in the task's set. */
static GORO_COLD void leave_out_robbed(struct det_task *t) {
    struct lock_held held[REBUILT_MAX];
    uint32_t n = locks_of(t->trail.locks, held, REBUILT_MAX), set = PATH_NONE;

    __atomic_store_n(&t->trail.robbed, false,
                     __ATOMIC_RELAXED); /* before the look: what comes later is seen next time */
    engine_lock_take(&graph_lock);
    while (n)
        if (!ownership_is_handed(held[--n].address)) set = add(set, &held[n]);
    engine_lock_drop(&graph_lock);
    set_locks(t, set);
}

static bool has_no_holder(uintptr_t lock) {
    bool handed;

    if (likely(!ownership_may_be_handed(lock))) return false;
    engine_lock_take(&graph_lock);
    handed = ownership_is_handed(lock);
    engine_lock_drop(&graph_lock);
    return handed;
}

struct robbery {
    uintptr_t lock;
    bool read, found;
};

static void rob(struct det_task *t, void *arg) {
    struct robbery *r = arg;

    for (uint32_t set = __atomic_load_n(&t->trail.locks, __ATOMIC_RELAXED); is_set(set); set = rest_of(set)) {
        struct lock_held l = held_at(set);

        if (l.address != r->lock || l.read != r->read) continue;
        __atomic_store_n(&t->trail.robbed, true, __ATOMIC_RELAXED); /* seen at once, or a lock later: no matter */
        r->found = true;
    }
}

/* A lock is unlocked that is not in the set of who does it. Outside the world. */
static GORO_COLD void dropped_for_another(uintptr_t lock, bool read) {
    struct robbery r = {lock, read, false};

    if (has_no_holder(lock)) return;
    world_hold();
    task_each_alive(rob, &r);
    engine_lock_take(&graph_lock);
    ownership_dropped(lock, read, r.found);
    engine_lock_drop(&graph_lock);
    world_release();
}

/* -- the calls ------------------------------------------------------------------------------------------------------------ */

static GORO_NOINLINE struct plight *taken_with_others(struct det_task *t, const struct lock_held *l) {
    struct plight *p;

    engine_lock_take(&graph_lock);
    p = lockorder_taken(t, l->kind, l->address, l->read, l->taken);
    engine_lock_drop(&graph_lock);
    return p;
}

void det_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how, uintptr_t pc) {
    ENGINE_SECTION;
    struct lock_held l = {kind, lock, how & DET_LOCK_READ, 0};
    struct plight *p = NULL;
    struct det_sync *s;

    if (unlikely(reorder_on)) reorder_lock_taken(t, kind, lock, how, pc);
    world_enter(t);
    if (unlikely(__atomic_load_n(&t->trail.robbed, __ATOMIC_RELAXED))) leave_out_robbed(t);
    l.taken = trail_site(t, pc);
    if (t->trail.locks && !(how & DET_LOCK_TRIED) && !t->ignore) p = taken_with_others(t, &l);
    if (likely(!has_no_holder(lock))) set_locks(t, add(t->trail.locks, &l));
    world_leave(t);
    s = sync_at_locked(lock);
    s->holders++;
    if (likely(!reorder_on)) board_learn(&s->board, t);
    engine_lock_drop(&s->lock);
    if (p) plight_emit(p);
}

bool det_lock_dropped(struct det_task *t, uintptr_t lock, unsigned how) {
    ENGINE_SECTION;
    bool read = how & DET_LOCK_READ, own;
    struct det_sync *s;

    if (unlikely(reorder_on)) preserve_lock_dropped(t, lock, read);
    world_enter(t);
    own = take_out(t, lock, read);
    if (unlikely(t->open)) {
        engine_lock_take(&graph_lock);
        lockorder_dropped(t, lock);
        engine_lock_drop(&graph_lock);
    }
    world_leave(t);
    if (unlikely(!own)) dropped_for_another(lock, read);
    s = sync_at_locked(lock);
    if (s->holders) s->holders--;
    if (unlikely(reorder_on)) read = false;
    else if (how & DET_LOCK_REPLACES) board_set(&s->board, t);
    else if (!read) board_add(&s->board, t);
    engine_lock_drop(&s->lock);
    if (!read) task_advance(t);
    return own;
}

void det_lock_new(uintptr_t address, size_t n) {
    ENGINE_SECTION;
    waitgraph_forget(address, n);
}

void det_lock_destroyed(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    ENGINE_SECTION;
    struct det_sync *s = sync_find_locked(address);
    bool held = s && s->holders;

    if (s) engine_lock_drop(&s->lock);
    if (unlikely(held)) waitgraph_freed(t, address, pc);
    waitgraph_forget(address, n);
}

bool locks_exclude(uint32_t one, uint32_t other) {
    struct lock_held a[EXCLUDING_MAX], b[EXCLUDING_MAX];
    uint32_t n = locks_of(one, a, EXCLUDING_MAX), m = locks_of(other, b, EXCLUDING_MAX);

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < m; k++)
            if (a[i].address == b[k].address && !(a[i].read && b[k].read)) return true;
    return false;
}

uint32_t locks_of(uint32_t set, struct lock_held *to, uint32_t room) {
    uint32_t n = 0;

    for (; is_set(set) && n < room; set = rest_of(set)) to[n++] = held_at(set);
    return n;
}
