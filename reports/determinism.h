/* goro-race --check-determinism: is a seed's run the same twice?
 *
 * Threads: none. */
#ifndef GORO_REPORTS_DETERMINISM_H
#define GORO_REPORTS_DETERMINISM_H

#include "reports/options.h"

/* Runs the program twice with this seed and compares what it wrote to its standard output, how it ended, and its findings;
 * says whether they are the same, or where they first differ. Returns goro-race's exit status: that of the run if they are
 * the same, else as for a finding. */
int determinism_check(const struct options *o, uint64_t seed);

#endif
