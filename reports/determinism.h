/* goro-race --check-determinism: is a seed's run the same twice?
 *
 * Threads: none. */
#ifndef GORO_REPORTS_DETERMINISM_H
#define GORO_REPORTS_DETERMINISM_H

#include "reports/options.h"

#include <stdio.h>

/* Runs the program twice with this seed and compares what it wrote to its standard output, how it ended, and its findings;
 * says whether they are the same, or where they first differ. Returns goro-race's exit status: that of the run if they are
 * the same, else as for a finding. */
int determinism_check(const struct options *o, uint64_t seed);

/* Are two runs the same in what is in these files, or in how they ended (as waitpid gives it)? If not, the first difference is
 * told. */
bool determinism_compare(const char *what, FILE *a, FILE *b);
bool determinism_compare_status(int a, int b);
/* What may be behind a difference. */
void determinism_tell_cause(void);

#endif
