/* Partial order sampling: Yuan, Yang, Gu: Partial order aware concurrency sampling (CAV 2018).
 *
 * Threads: inside the runtime, one goroutine at a time. */
#ifndef GORO_INSTRUMENT_POS_H
#define GORO_INSTRUMENT_POS_H

#include <stdbool.h>
#include <stdint.h>

void pos_begin(uint64_t seed);
/* What the goroutine is about to do; object 0: an operation of the library, on whatever. */
void pos_about(uint64_t id, uint64_t object, bool writes);
unsigned pos_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q);

#endif
