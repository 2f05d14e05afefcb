/* What not to report: suppressions, and the baseline of what was known before.
 *
 * A suppressions file has one rule a line; # starts a comment. A rule is a list of conditions that must all hold:
 *   GR001            the code (or its beginning: GR)
 *   id:9f3c51e2      the finding's id
 *   function:GLOB    a user frame of one of its stacks is in such a function
 *   file:GLOB        ... in such a file (as reports show it, or its last part)
 *   library:GLOB     ... in such an executable or library (its last part)
 *   object:GLOB      the variable accessed or misused
 * A baseline is what --write-baseline or --json wrote.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_FILTER_H
#define GORO_REPORTS_FILTER_H

#include "reports/model.h"

/* Reads a file; ends goro-race with status 125 and the line's number if it is not well-formed. */
void filter_read_suppressions(const char *path);
void filter_read_baseline(const char *path);

/* Sets suppressed and known. */
void filter_apply(struct model_finding *f);

/* Tells of rules that matched nothing. */
void filter_tell_unused(void);
/* Findings of the baseline that did not come again. */
size_t filter_gone(void);
/* Names each of them. */
void filter_tell_gone(void);
/* The findings (list by next) as a baseline document. */
void filter_write_baseline(struct text *out, const struct model_finding *all);

#endif
