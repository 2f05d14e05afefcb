/* The part of a systematic search that runs in the program: follows the choices that goro-race gives it, goes on by itself
 * behind them, and tells what could have been chosen instead and what each step touched (reports/dfs.c makes the next ones
 * of that).
 *
 * Threads: inside the runtime, one goroutine at a time. */
#ifndef GORO_INSTRUMENT_DFS_H
#define GORO_INSTRUMENT_DFS_H

#include "detector/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern bool dfs_on;

/* `sleep`: goroutines that are not to run before somebody has touched what their next step touches (wire.h); they fall
 * asleep with the last of the choices. */
void dfs_begin(const uint64_t *sleep, size_t sleep_count, const uint8_t *choices, size_t choice_count);
/* Which of n >= 2 goroutines. gives_way: not the one that runs. */
unsigned dfs_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q, bool gives_way);
/* Which of n ready cases, waiters and the like. */
unsigned dfs_case(unsigned n);
/* The running goroutine is about to begin an operation of the library, whatever it will touch. */
void dfs_operation(void);
/* It touches an object: an address, or whatever number stands for one; 0: everything. */
void dfs_touch(uint64_t object, bool writes);
/* An event of trace_out.h. */
void dfs_event(uint64_t task, enum wire_event_kind kind, uint64_t other);
/* A goroutine has run so long that it was made to give way: the search is not complete. */
void dfs_cut_short(void);

/* What is to be sent, in words of wire.h; *complete: nothing was left out. */
size_t dfs_told(const uint64_t **words, bool *complete);

#endif
