/* The run's report: takes records from the wire, writes every format asked for, and knows the verdict.
 *
 * Threads: none. One report a process. */
#ifndef GORO_REPORTS_REPORT_H
#define GORO_REPORTS_REPORT_H

#include "reports/model.h"
#include "reports/options.h"
#include "reports/wire_read.h"

/* Opens what is to be written; ends goro-race with 125 if that fails. `again` is the command line behind
 * "goro-race --seed N", NULL if unknown. */
void report_begin(const struct options *o, const char *again);
/* For wire_input.record. */
void report_record(void *arg, struct process *p, unsigned type, struct wire_reader payload);
/* Takes over a finding that comes from elsewhere; one whose id is known already is freed. */
void report_finding(struct model_finding *f);
/* Has one of this id been reported? */
bool report_knows(const char *id);
/* The report is of this many files of results, not of a run. */
void report_merged(size_t files);
/* So far: different findings that are reported; those of them that fail the run. */
uint64_t report_count(void);
/* A replay was not what had been recorded; it has been told where and why. */
bool report_is_diverged(void);
/* Called for each new finding before it is written; NULL: nothing is. */
extern void (*report_before_writing)(struct model_finding *f);
uint64_t report_failing(void);
/* No times, addresses and the like. */
bool report_style_is_stable(void);
/* Writes what is written at the end. Returns how many findings fail the run. */
uint64_t report_end(const struct wire_input *in);
/* After report_end: an output file could not be written. It was said; a run without findings is then a failure of ours. */
bool report_is_unwritten(void);

#endif
