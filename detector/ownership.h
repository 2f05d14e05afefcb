/* Who holds which lock: the other way round from locks.h, which says what a task holds.
 *
 * A cycle of waiting tasks only goes through holders that wait themselves. So holdings are entered when their task waits
 * for a lock, or ends; who runs on holds what its set says, and is found by a look at all.
 *
 * Threads: all under graph_lock (waitgraph.h), inside the world or while it is held, but for what says otherwise. */
#ifndef GORO_DETECTOR_OWNERSHIP_H
#define GORO_DETECTOR_OWNERSHIP_H

#include "detector/locks.h"
#include "detector/task.h"

struct holding {
    struct holding *next; /* in its bucket */
    uintptr_t lock;
    struct det_task *task; /* NULL: has ended with the lock held */
    const struct task_record *record;
    uint32_t site; /* where it was taken */
    uint8_t kind;  /* enum finding_object */
    bool read;
};

/* All that the task holds, when it is about to wait; and when it waits no more. */
void ownership_enter(struct det_task *t);
void ownership_leave(struct det_task *t);
void ownership_task_end(struct det_task *t);

/* The holders of a lock that are entered, one after another; NULL: no more. None at all of a lock that goroutines hand
 * round. */
const struct holding *ownership_first(uintptr_t lock);
const struct holding *ownership_next(const struct holding *h);
/* Some holder, entered or not; false: none. While the world is held; takes graph_lock itself. */
bool ownership_find(uintptr_t lock, struct holding *out);
/* The same under graph_lock, or while nobody is inside. Both look at all tasks: not from task_each_alive. */
bool ownership_find_locked(uintptr_t lock, struct holding *out);

/* Somebody else unlocks it than who took it. `found`: a task that goes on was seen to hold it. */
void ownership_dropped(uintptr_t lock, bool read, bool found);
/* Was it ever unlocked so? */
bool ownership_is_handed(uintptr_t lock);
extern uint64_t ownership_filter[4] __attribute__((visibility("hidden")));
GORO_INLINE uint64_t ownership_hash(uintptr_t lock) {
    return (lock >> 2) * 0x9e3779b97f4a7c15u; /* as path_hash_child */
}
/* The same without the lock: false is certain. */
GORO_INLINE bool ownership_may_be_handed(uintptr_t lock) {
    unsigned bit = ownership_hash(lock) >> 56;
    /* relaxed: a lock that is handed over just now is ordered by itself */
    return __atomic_load_n(&ownership_filter[bit / 64], __ATOMIC_RELAXED) >> bit % 64 & 1;
}

/* The lock is gone: what comes at its address is a new one. */
void ownership_forget(uintptr_t lock);
uint64_t ownership_count(void);

void ownership_mark(void); /* world stopped */
void ownership_engine_init(void);

#endif
