/* Sets of locks held, interned in the trie of paths: the rest of the set, then the lock, then where it was taken.
 *
 * A set becomes part of the site of each access that is made under it (trail_site), so the earlier access of a race
 * knows its locks with no table beside the shadow and no memory for accesses made without locks.
 *
 * Not done
 *  - A lock that another goroutine unlocks (legal for a goro_mutex) stays in the set of the one that took it until
 *    that one unlocks something of the same address.
 *  - A side table keyed by (slot, epoch): an epoch may contain a lock operation (taking one publishes nothing), so it
 *    does not determine the set. */
#include "detector/locks.h"
#include "detector/path.h"
#include "detector/task.h"
#include "detector/trail.h"
#include "detector/world.h"

enum { LOCK_KIND_SHIFT = 48, LOCK_READ_SHIFT = 56, REBUILT_MAX = 256 };
#define LOCK_ADDRESS (((uint64_t)1 << LOCK_KIND_SHIFT) - 1)
_Static_assert(((uint64_t)1 << LOCK_READ_SHIFT) <= PATH_VALUE >> 1, "a lock fits a path's value");

static struct lock_held held_at(uint32_t set) {
    uint64_t lock = path_value(path_parent(set));

    return (struct lock_held){.kind = (enum finding_object)(lock >> LOCK_KIND_SHIFT & 0xff),
                              .address = lock & LOCK_ADDRESS,
                              .read = lock >> LOCK_READ_SHIFT & 1,
                              .taken = (uint32_t)path_value(set)};
}

static uint32_t rest_of(uint32_t set) { return path_parent(path_parent(set)); }

static uint32_t add(uint32_t set, const struct lock_held *l) {
    uint64_t lock = (l->address & LOCK_ADDRESS) | (uint64_t)(l->kind & 0xff) << LOCK_KIND_SHIFT |
                    (uint64_t)l->read << LOCK_READ_SHIFT;

    set = path_child(set ? set : PATH_ROOT, path_key(PATH_LOCK, lock));
    return path_child(set, path_key(PATH_TAKEN, l->taken));
}

static bool is_set(uint32_t set) { return set > PATH_LOST && path_tag_of(set) == PATH_TAKEN; }

static void set_locks(struct det_task *t, uint32_t set) {
    t->trail.locks = is_set(set) ? set : PATH_NONE;
    t->trail.bare_path = PATH_NONE;
}

void det_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, bool read, uintptr_t pc) {
    struct lock_held l = {kind, lock, read, 0};

    world_enter(t);
    l.taken = trail_site(t, pc);
    set_locks(t, add(t->trail.locks, &l));
    world_leave(t);
}

void det_lock_dropped(struct det_task *t, uintptr_t lock, bool read) {
    struct lock_held above[REBUILT_MAX];
    uint32_t set, n = 0;

    world_enter(t);
    for (set = t->trail.locks; is_set(set) && n < REBUILT_MAX; set = rest_of(set)) {
        above[n] = held_at(set);
        if (above[n].address == lock && above[n].read == read) break;
        n++;
    }
    if (is_set(set) && n < REBUILT_MAX) {
        set = rest_of(set);
        while (n) set = add(set, &above[--n]);
        set_locks(t, set);
    }
    world_leave(t);
}

uint32_t locks_of(uint32_t set, struct lock_held *to, uint32_t room) {
    uint32_t n = 0;

    for (; is_set(set) && n < room; set = rest_of(set)) to[n++] = held_at(set);
    return n;
}
