/* What of an exploration goro-race merge has been given: how many schedules were run, and which parts are missing.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_COVERAGE_H
#define GORO_REPORTS_COVERAGE_H

#include "reports/results.h"

/* One file's first line. */
void coverage_add(const char *path, const struct progress *p);
/* Says it, if there was any. False: something is missing. */
bool coverage_tell(bool quiet);

#endif
