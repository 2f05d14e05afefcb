/* Races that the order of critical sections hides: pairs of accesses that nothing but locks orders are looked for in a few
 * runs, and each is driven to. Only what a schedule has shown is reported, with that schedule, as confirmed.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_REORDER_H
#define GORO_REPORTS_REORDER_H

#include "reports/model.h"
#include "reports/rerun.h"

enum { REORDER_SEEDS = 8 }; /* schedules whose accesses are looked at are enough */

/* How many runs it may take, after so many schedules. */
int reorder_runs(uint64_t n);
/* Looks for pairs in schedules of this seed: first in one that switches only where a goroutine waits. */
void reorder_look(struct rerun *r, uint64_t seed, uint64_t steps);
/* Drives to those that have not been reported, and reports what comes of it. */
void reorder_drive(struct rerun *r);
/* Meanwhile: what the schedule that is reported was given; and a finding of it is called confirmed if it is the pair. */
struct dfs_order reorder_order(void);
void reorder_confirm(struct model_finding *f);

#endif
