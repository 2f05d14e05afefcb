/* goro-race --check-determinism --explore: each schedule is run twice, and both runs must be the same.
 *
 * The second run is made by another worker, which is another start of the program: what differs from one process to the
 * next (its number, the random bytes that the kernel gives each) is met as well as what differs from one moment to the next.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_TWICE_H
#define GORO_REPORTS_TWICE_H

#include "reports/dfs.h"
#include "reports/explore.h"
#include "reports/schedule.h"

/* s has ended in worker number `worker`. True if it is dealt with: its second run is awaited, or it was one. */
bool twice_takes(struct schedule *s, unsigned worker);
/* The schedule that this worker is to run for the second time; NULL: none. */
struct schedule *twice_next(unsigned worker);
/* Are there some of which the second run has not begun? */
bool twice_waits(void);
/* Compares both runs of s, in the order of seeds; `order` is what they were asked with. From the first difference on nothing is compared. */
void twice_compare(const struct schedule *s, struct dfs_order order);
/* There was a difference. */
bool twice_differs(void);
/* Tells of the difference, or that there was none. Runs schedules of its own to find where it begins. */
struct rerun;
void twice_tell(struct rerun *r, uint64_t first_seed);

#endif
