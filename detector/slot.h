/* Slots: the places that epochs are counted in. A task has one at a time; an ended task's goes to another only where
 * nothing is lost by it.
 *
 * Always true
 *  1. A slot's epochs only grow, over all its owners.
 *  2. A new owner's clock covers the slot's last epoch: all that was done and told in it happened before its birth.
 *     (Unless every slot has been given out: then degraded is said; see slot_take.)
 *  3. A slot's tenures are known as long as something refers to them: who owned it from which epoch on.
 *
 * Threads: any; everything is under one lock, taken at the start and the end of a task only. */
#ifndef GORO_DETECTOR_SLOT_H
#define GORO_DETECTOR_SLOT_H

#include "detector/clock.h"
#include "detector/task.h"

/* Finds a slot for a task that knows `clock` and enters `owner` as its holder. Returns the first stamp. If no slot
 * is left that may be reused exactly, one is reused whose owner knew no more than the clock does, and the order
 * invented by that (its own accesses before this task's) is entered in the clock; failing that, the stamp's slot is
 * SLOT_NONE: such a task's accesses cannot be recorded, only what it passes on counts. */
uint64_t slot_take(struct clock_tree *clock, struct task_record *owner);
/* The owner is done with it: `last` is the last stamp it used or published, `end` the last epoch it came to, `base` its
 * certificate. */
void slot_give(uint64_t last, uint32_t end, uint64_t base);

/* The tenure that the stamp lies in; NULL: nobody's. */
const struct task_record *slot_owner(uint64_t stamp);
/* Some tenure of the task with this id; NULL unknown. Looks at all of them. */
const struct task_record *slot_find_owner(uint64_t id);
/* See task_sweep_begin. Marking does nothing unless there are many tenures. */
void slot_sweep_begin(void);
void slot_mark(uint64_t stamp);
void slot_sweep_end(void);
uint32_t slot_count(void); /* ever given out */
/* Calls `visit` for the last tenure of every task that is kept, under the slots' lock. */
void slot_each_record(void (*visit)(const struct task_record *r, void *arg), void *arg);
uint32_t slot_sweeps(void); /* how often tenures were forgotten */

/* For tests: sweep when there are so many tenures. 0: the real budget. Before det_init. */
void slot_tenure_budget(uint32_t tenures);
/* For tests: as if there were only so many slots and epochs. 0: the real limits. At most one call, before det_init. */
void slot_limits(uint32_t slots, uint32_t epochs);
extern uint32_t slot_epoch_limit; /* a task that reaches it moves to another slot */

void slot_engine_init(void);
void slot_engine_fini(void);
void slot_check(void);

#endif
