/* What a schedule does, as a number: a hash of who does what at which place of the code, so that two runs can be told to be the
 * same or not (goro-race --check-determinism with --explore).
 *
 * Addresses of memory are left out: where they differ and nothing else does, the program has done the same.
 *
 * Threads: goroutines and main, one at a time; what threads of the program's own do is in no order that a seed decides. */
#ifndef GORO_INSTRUMENT_FOOTPRINT_H
#define GORO_INSTRUMENT_FOOTPRINT_H

#include "runtime/base/base.h"

#include <stdbool.h>
#include <stdint.h>

extern GORO_HIDDEN bool footprint_on;

/* tells: accesses are events of the trace, too (trace_out.h). */
void footprint_begin(bool tells);
/* The running goroutine makes an access; it has done something, `what` of the wire's events. */
GORO_COLD void footprint_access(uintptr_t address, unsigned kind, uintptr_t pc);
struct det_task;
GORO_COLD void footprint_event(const struct det_task *task, unsigned what, unsigned object, uint64_t pc);
/* In the child of a fork of the program's own, which is no part of it: whatever is done there is in nobody's order. */
void footprint_forked(void);
/* So far; how many. */
uint64_t footprint_hash(uint64_t *events);

#endif
