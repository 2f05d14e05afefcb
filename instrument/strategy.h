/* Who runs next, when schedules are explored: a choice by the goroutines' identity, not only by their number.
 *
 * Threads: inside the runtime, one goroutine at a time. */
#ifndef GORO_INSTRUMENT_STRATEGY_H
#define GORO_INSTRUMENT_STRATEGY_H

#include "detector/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Schedules are explored in this process; from strategy_begin on. */
extern bool strategy_explores;

/* The schedule to run. Its choices, and nothing else, depend on it. */
void strategy_begin(const struct wire_schedule *s);
/* One of n >= 2 that could run; id_of(q, i) is the i-th's. */
unsigned strategy_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q);
/* The running goroutine gives way on its own will. */
void strategy_gave_way(void);
/* Fuel to the next switch point, and what a read costs of it that is no choice of its own. */
int32_t strategy_fuel(void);
int32_t strategy_read_cost(void);
/* One of n cases, waiters and the like. */
unsigned strategy_case(unsigned n);
/* Who has taken a lock at one of these places (wire.h) is put aside; so is who is about to begin an operation at one, or to
 * make an access, until he has. All are told. strategy_meets: true if he is to be put aside at once. */
extern bool strategy_steers;
void strategy_steer(const uint64_t *places, size_t n);
void strategy_lock_taken(uint64_t id, uint64_t pc);
void strategy_begins(uint64_t id, uint64_t pc);
bool strategy_meets(uint64_t id, uint64_t pc);
/* The running goroutine, of this id, is about to begin an operation of the library; to make an access. */
void strategy_operation(uint64_t id);
void strategy_access(uint64_t id, uint64_t address, bool writes);
/* A goroutine has been started; parent 0: by the scheduler. */
void strategy_created(uint64_t parent, uint64_t id);
/* What the program's time grows by at a switch point, at which `reads` reads have been made. */
int64_t strategy_time_ns(int32_t reads);

/* So far: choices among several, and a hash of them all. */
uint64_t strategy_steps(void);
uint64_t strategy_hash(void);

#endif
