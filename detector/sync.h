/* Sync objects: one happens-before clock each, by handle or by address. The operations are detector.h's.
 *
 * sync.c has the objects and the edges, sync_table.c finds them by address, atomic.c has the C11 atomics. */
#ifndef GORO_DETECTOR_SYNC_H
#define GORO_DETECTOR_SYNC_H

#include "detector/engine.h"
#include "detector/publication.h"

/* Its memory is never used for anything but another det_sync: a look-up without a lock may come too late, and then
 * finds under the object's lock that the address has changed. */
struct det_sync {
    struct board board;
    struct engine_lock lock;
    uint32_t next;      /* handle: in its chain, or in the list of unused ones */
    uintptr_t address;  /* 0: reached by handle only, or unused. Changes under both locks, the object's and the table's */
    union { /* an address is an atomic's or a lock's */
        uint32_t releasers[2]; /* atomic.c: slot + 1 of who released into the sequence, up to two; 0 none */
        uint32_t holders;      /* locks.c: how many hold the lock */
    };
};
_Static_assert(sizeof(struct det_sync) == 72, "programs may have a million of these");

/* The clock of an address, locked; find gives NULL if there is none, at makes it. */
struct det_sync *sync_find_locked(uintptr_t address);
struct det_sync *sync_at_locked(uintptr_t address);
/* Frees the clocks of all addresses in [address, address + n), and all that is known of locks there. Returns the address
 * of one that is held, 0: none is. Cheap if there are none. */
uintptr_t sync_forget(uintptr_t address, size_t n);

/* atomic.c: a task's fences end with it. */
void atomic_task_end(struct det_task *t);

/* fork.c: the locks of all clocks that have an address, while the table's is held; false: none, one was not to be had. */
bool sync_take_all_locked(void);
void sync_drop_all_locked(void);
void sync_engine_init(void);
void sync_engine_fini(void);
void sync_engine_stats(struct det_stats *out);
void sync_check(void);

#endif
