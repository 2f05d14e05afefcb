/* Where two runs of one schedule begin to differ.
 *
 * Threads: none. Runs schedules of its own (rerun.h). */
#ifndef GORO_REPORTS_DIFFERENCE_H
#define GORO_REPORTS_DIFFERENCE_H

#include "reports/rerun.h"

/* Runs the schedule in pairs until two runs differ, and tells the first event that does. False: none did, or none came to its
 * end; nothing was told. */
bool difference_tell(struct rerun *r, const struct wire_schedule *asked, struct dfs_order order);

#endif
