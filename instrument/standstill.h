/* All asleep in a program of threads only: no goroutines, so no scheduler that would see it.
 *
 * Threads: picture.c's own, where nothing else is said. */
#ifndef GORO_INSTRUMENT_STANDSTILL_H
#define GORO_INSTRUMENT_STANDSTILL_H

#include <stdbool.h>
#include <stdint.h>

/* The calling thread is the runtime's: it wakes nobody as long as there are no goroutines and timers. On that thread. */
void standstill_own_thread(bool begins);
/* The program makes a thread; it makes a goroutine or a timer: from then on the scheduler looks. Any thread. */
void standstill_threads_begin(void);
void standstill_goroutines_begin(void);
/* When to look next, as clock_now has it; INT64_MAX: not at all, as far as is known. */
int64_t standstill_next_look(void);
/* Looks, and reports GD001 when each thread of the process waits for another. */
void standstill_look(void);

#endif
