/* Objects that the calls of one finding name alike though they are different, or differently though they are one.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_NAMESAKES_H
#define GORO_REPORTS_NAMESAKES_H

#include "reports/model.h"

/* "b" and "a" become "b (#1)" and "a (#2)" where the names alone would mislead: a lock that one goroutine's code calls `a` and
 * another's `b`, or two that are `b` each in its own call. Only names that come from calls are changed, not those of variables. */
void namesakes_number(struct model_finding *f);

#endif
