/* Races that another order of critical sections might show: the engine's part. det_reorder_begin (detector.h) says what is
 * done; here is what the rest of the engine asks.
 *
 * Threads: any. */
#ifndef GORO_DETECTOR_REORDER_H
#define GORO_DETECTOR_REORDER_H

#include "detector/sync.h"

extern bool reorder_on __attribute__((visibility("hidden"))); /* changes once, before a second thread */

/* In place of what the shadow would do with an access. */
GORO_COLD void reorder_access(struct det_task *t, uintptr_t address, size_t n, unsigned kind, uintptr_t pc);
/* What lay in [address, address + n) is no more. */
GORO_COLD void reorder_forget(uintptr_t address, size_t n);

/* A lock is taken or dropped: what the task did until now, with other locks, is kept apart from what comes. `kind` of a lock
 * that is taken says whether it has a clock of readers beside its own. */
GORO_COLD void reorder_lock_changes(struct det_task *t);
GORO_COLD void reorder_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how,
                                  uintptr_t pc);
/* Is it such a clock of readers, which orders nothing either? */
GORO_COLD bool reorder_leaves_out(const struct det_sync *s);

void reorder_engine_init(void);
void reorder_engine_fini(void);

#endif
