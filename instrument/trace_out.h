/* The run's events, for goro-race --trace and for the timelines of --html: recorded by the hooks, sent in batches. Without
 * the option trace=N a hook pays one test of a flag that never changes.
 *
 * Always true
 *  1. Events reach the wire in the order in which they were recorded, and before any finding made after them.
 *
 * Threads: any, under the lock of the object concerned. A signal handler that comes in the middle of a recording loses its
 * own events, which are counted; so does a child process those that its parent had not sent (the parent sends them). */
#ifndef GORO_INSTRUMENT_TRACE_OUT_H
#define GORO_INSTRUMENT_TRACE_OUT_H

#include "detector/wire.h"
#include "runtime/base/base.h"

#include <stdbool.h>

/* Set before main, if ever. */
extern GORO_HIDDEN bool trace_on;

void trace_out_start(void);
/* task NULL: nobody. */
struct det_task;
GORO_COLD void trace_out_record(const struct det_task *task, enum wire_event_kind kind, unsigned object, uint64_t other,
                                uint64_t value, uint64_t pc);
/* An atomic operation: what is of the enum wire_atomic. One that spins is told once. */
GORO_COLD void trace_out_atomic(const struct det_task *task, unsigned what, uintptr_t address, uintptr_t pc);
/* Sends what is there, of a trace of the whole run. */
void trace_out_flush(void);
/* A finding is about to be sent: sends what led to it. */
void trace_out_finding(void);
/* In the child of a fork. */
void trace_out_forked(void);

#define trace_event(task, what, object, other, value, pc)                                              \
    do {                                                                                               \
        if (unlikely(trace_on)) trace_out_record(task, WIRE_EVENT_##what, object, other, value, pc);   \
    } while (0)

#endif
