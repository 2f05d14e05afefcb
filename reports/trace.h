/* A trace of the run for Perfetto (ui.perfetto.dev) and chrome://tracing: JSON trace events, written as they arrive.
 *
 * A track for each goroutine and thread, with slices for what it does: running, runnable, blocked (on what, and where). Instants for
 * operations on channels, locks and WaitGroups, and for findings. Arrows from what one goroutine told to who heard it.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_TRACE_H
#define GORO_REPORTS_TRACE_H

#include "reports/model.h"

/* Ends goro-race with status 125 if the file cannot be written. */
void trace_begin(const char *path);
/* One WIRE_EVENTS record. */
void trace_events(struct process *p, struct wire_reader payload);
void trace_finding(const struct model_finding *f);
/* Closes what is open, and the file. */
void trace_end(void);

#endif
