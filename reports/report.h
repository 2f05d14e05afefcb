/* The run's report: takes records from the wire, writes every format asked for, and knows the verdict.
 *
 * Threads: none. One report a process. */
#ifndef GORO_REPORTS_REPORT_H
#define GORO_REPORTS_REPORT_H

#include "reports/options.h"
#include "reports/wire_read.h"

/* Opens what is to be written; ends goro-race with 125 if that fails. `again` is the command line behind
 * "goro-race --seed N", NULL if unknown. */
void report_begin(const struct options *o, const char *again);
/* For wire_input.record. */
void report_record(void *arg, struct process *p, unsigned type, struct wire_reader payload);
/* Writes what is written at the end. Returns how many findings fail the run. */
uint64_t report_end(const struct wire_input *in);

#endif
