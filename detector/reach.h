/* What can be reached: a mark over memory as conservative collectors make it (Boehm and Weiser, Garbage collection in an
 * uncooperative environment, 1988), with one more rule: a task that waits, and whose object is reached, goes on and
 * reaches what its own stack shows. The least such set is made; tasks outside of it wait for ever.
 *
 * Knows heap blocks (heap.h) and ranges of memory, no task, no lock: all is told by the caller, who keeps everything
 * still meanwhile. An aligned word that holds an address of a block, of whatever byte of it, is a pointer to it; so for
 * the stack of a task that waits.
 *
 * Threads: a reach is its maker's. No heap block may come or go, no memory change, while one lives. */
#ifndef GORO_DETECTOR_REACH_H
#define GORO_DETECTOR_REACH_H

#include "runtime/base/base.h"

struct reach;

/* Takes all live blocks of heap.h. `give_up` is asked now and then, and told how many words were read so far: true, and the
 * mark ends as if there were no memory. May be NULL. NULL: no memory. */
struct reach *reach_new(bool (*give_up)(uint64_t words));
void reach_free(struct reach *r);

/* Memory that is reached. */
void reach_root(struct reach *r, uintptr_t low, uintptr_t high);
/* The same of the allocator's own: it refers to its chunks by their heads, which begin in the last bytes of the block
 * before (a malloc_chunk of glibc's): such a word is no pointer to that block. */
void reach_allocator(struct reach *r, uintptr_t low, uintptr_t high);
/* The object at this address is reached, whoever refers to it. */
void reach_object(struct reach *r, uintptr_t object);
/* A task that waits, with its stack [low, high). A number for it, to be given to the next two; 0: no memory. */
uint32_t reach_waiter(struct reach *r, void *task, uintptr_t low, uintptr_t high);
/* More memory that the waiter sees when it goes on. */
void reach_waiter_memory(struct reach *r, uint32_t waiter, uintptr_t low, uintptr_t high);
/* It goes on if the object is reached. One that lies neither in a block nor on a waiter's stack always is. */
void reach_waits_on(struct reach *r, uint32_t waiter, uintptr_t object);

/* Marks. True: done; false: no memory, or given up: nothing is known. Once. */
bool reach_run(struct reach *r);
/* How long that took, about, reckoned from what was looked at: the same for the same memory. */
uint64_t reach_work_ns(const struct reach *r);
/* How long a mark of all live blocks, of so many bytes besides and with so many waiters would take, reckoned alike. */
uint64_t reach_expected_ns(uint64_t bytes, uint64_t waiters);
/* After that, of each waiter: was it not reached? In the order in which they were told. */
void reach_each_waiter(struct reach *r, void (*visit)(void *task, bool lost, void *arg), void *arg);

#endif
