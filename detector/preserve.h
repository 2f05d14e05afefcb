/* Can the run be reordered so that two accesses, which only locks order, come side by side? Decided on the trace of the run,
 * while reorder.c looks for such pairs.
 *
 * A *sync-preserving* reordering makes a part of the run's events, each goroutine's up to some point, in the run's order: what
 * is left out may be a critical section that came first. Each read in it sees the write that it saw in the run, so that each
 * goroutine does what it did. (Mathur, Pavlogiannis, Viswanathan: Optimal prediction of synchronization-preserving races,
 * POPL 2021.)
 *
 * Threads: any that is inside the engine; what threads, which nobody schedules, have a part in is not decided. */
#ifndef GORO_DETECTOR_PRESERVE_H
#define GORO_DETECTOR_PRESERVE_H

#include "detector/finding.h"
#include "detector/task.h"

/* Where in the run a task is: behind so many of its events. */
struct moment {
    uint32_t task, at;
};

/* An access is made: of which bytes, and whether it may change them. */
struct moment preserve_access(struct det_task *t, uintptr_t address, size_t n, bool writes);
/* A lock is taken, or dropped. */
void preserve_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, bool read, uintptr_t pc);
void preserve_lock_dropped(struct det_task *t, uintptr_t lock, bool read);
/* An operation on anything else. */
void preserve_operation(struct det_task *t);
/* A task waits for something, and goes on. */
void preserve_waits(struct det_task *t, enum finding_object kind);
void preserve_wakes(struct det_task *t);
/* parent NULL: nobody started it. */
void preserve_born(const struct det_task *t, struct det_task *parent);
/* An operation has begun, of which nothing may be told besides. */
void preserve_begins(struct det_task *t);
/* It was none but to let others run. */
void preserve_gave_way(struct det_task *t);
/* What lay in [address, address + n) is no more. */
void preserve_forget(uintptr_t address, size_t n);

/* Something went from one task to another that is not told: nothing is allowed any more. */
void preserve_doubt(void);

/* True if a reordering exists in which `earlier`'s next event and `now`'s are both next; *first is the lock's hand-over that
 * comes the other way round in it. */
bool preserve_allows(struct moment earlier, struct moment now, struct finding_handover *first);

void preserve_engine_init(void);
void preserve_engine_fini(void);

#endif
