/* Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury: Selectively uniform concurrency testing (ASPLOS
 * 2025).
 *
 * Threads: inside the runtime, one goroutine at a time. */
#ifndef GORO_INSTRUMENT_SURW_H
#define GORO_INSTRUMENT_SURW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `counts`: what is selected, then pairs: a goroutine's name, and the events that it and all that come of it are
 * expected to make (words of wire.h); lives on. None: nothing is known, and all events are selected. */
void surw_begin(const uint64_t *counts, size_t n);
/* This schedule counts events for others. */
void surw_count(void);
/* A goroutine is started; parent 0: by the scheduler. */
void surw_created(uint64_t parent, uint64_t id);
/* What the goroutine is about to do; object 0: an operation of the library, on whatever. */
void surw_about(uint64_t id, uint64_t object);
unsigned surw_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q);

/* What was counted, in words of wire.h. */
size_t surw_counted(const uint64_t **words);

#endif
