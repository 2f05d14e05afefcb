/* A systematic search: all schedules of a small program, or all with at most so many preemptions, each once.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_DFS_H
#define GORO_REPORTS_DFS_H

#include "reports/schedule.h"
#include "detector/wire.h"

enum { DFS_NO_BOUND = UINT32_MAX };

/* `bound`: preemptions at most, or DFS_NO_BOUND. From the beginning, whatever was found before. */
void dfs_start(uint32_t bound);
/* Is there one to run now? There may be, when those that run now have been taken. */
bool dfs_has_next(void);
/* What the schedule is to be asked for, besides its number; valid until it is dropped. */
struct dfs_order {
    const uint64_t *sleep;
    const uint8_t *choices;
    size_t sleep_count, choice_count;
};
struct dfs_order dfs_next(struct schedule *s);
/* The same again; empty if it is of no search. */
struct dfs_order dfs_order_of(const struct schedule *s);
/* It has ended; in the order of numbers. */
void dfs_take(struct schedule *s);
/* It is forgotten. */
void dfs_drop(struct schedule *s);
/* What has been done: is there nothing left? */
void dfs_tell(uint64_t findings);

#endif
