/* What goro-race tells the schedules of a selectively uniform random walk (instrument/surw.h): the events that each
 * selects, and how many of them a run without preemption has had.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_SURW_H
#define GORO_REPORTS_SURW_H

#include "reports/dfs.h"

#include <stddef.h>
#include <stdint.h>

/* What a schedule has counted, in words of wire.h: instead of what was known. */
void surw_learn(const uint64_t *words, size_t n);
/* What the schedule of that seed is to be asked for; valid until the next call. */
struct dfs_order surw_order(uint64_t seed);

#endif
