/* What two tasks knew when they last met, so that their next join need not look at what only one of them has changed since.
 *
 * Goroutines in a pipeline meet the same neighbours again and again (a sieve: each filter two of them), and what each learns
 * in between comes from its own side. The last common tree tells the two sides apart without looking at any epoch.
 *
 * Always true
 *  1. A tree that is kept is contained in the clocks of both tasks: it was both's, and clocks only grow.
 *
 * Threads: whoever has both tasks to himself. */
#ifndef GORO_DETECTOR_MEETING_H
#define GORO_DETECTOR_MEETING_H

#include "detector/task.h"

/* NULL: not known any more. */
const struct clock_tree *meeting_last(const struct det_task *a, const struct det_task *b);
/* Their clocks are the same now. Not kept while they are a leaf, which is as quickly joined. */
void meeting_note(struct det_task *a, struct det_task *b);
void meeting_task_end(struct det_task *t);
void meeting_check(const struct det_task *t);

#endif
