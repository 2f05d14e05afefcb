/* The order in which locks are taken, and the deadlocks that another schedule would have made of it (GD004).
 *
 * Threads: all under graph_lock (waitgraph.h). */
#ifndef GORO_DETECTOR_LOCKORDER_H
#define GORO_DETECTOR_LOCKORDER_H

#include "detector/plight.h"

/* A task that holds others has taken the lock, in a call at `site` that would have waited for it; its clock does not
 * know yet what the lock tells. Returns a finding to emit, if that closes a cycle. Inside the world. */
struct plight *lockorder_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, bool read, uint32_t site);
/* It is about to release to the lock's clock. For tasks whose `open` is set. */
void lockorder_dropped(struct det_task *t, uintptr_t lock);
/* What was said of the lock is void: it is gone. */
void lockorder_forget(uintptr_t lock);
/* How many locks there are to forget; also without graph_lock. */
uint64_t lockorder_count(void);
void lockorder_task_end(struct det_task *t);

void lockorder_mark(void); /* world stopped */
void lockorder_check(void);
void lockorder_engine_init(void);

#endif
