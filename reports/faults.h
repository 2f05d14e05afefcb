/* What the program died of: a panic, a fault or a signal.
 *
 * Of a run the program has said it itself, and only the place is added. Of many schedules, whose output is thrown away, each kind of
 * end is told once, with its words and a command that brings it back, and at the end how often each came.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_FAULTS_H
#define GORO_REPORTS_FAULTS_H

#include "reports/wire_read.h"
#include "reports/writers.h"

/* Writes what one record (WIRE_FAULT) has to say, if anything is new in it. */
void faults_take(struct text *out, struct process *p, struct wire_reader payload, const struct run *run, bool of_many);
/* How often each came, if there is more than one. */
void faults_tell(void);

#endif
