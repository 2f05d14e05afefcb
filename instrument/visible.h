/* Which memory the program can see: words there may be pointers (scan.c asks). */
#ifndef GORO_INSTRUMENT_VISIBLE_H
#define GORO_INSTRUMENT_VISIBLE_H

#include "instrument/front.h"

/* Memory that the program has mapped itself: any word of it may be a pointer. True: some of what is unmapped was shared. */
void visible_mapped(uintptr_t low, size_t n, bool shared);
bool visible_unmapped(uintptr_t low, size_t n);
/* Some memory is to be empty in a child of fork. */
void visible_wiped(void);

/* A thread that runs goroutines begins: its thread-local variables are in memory below `high`, the end of its stack. */
void visible_thread(uintptr_t high);

/* Around fork, and a copy of the process: what is known is whole in the child. Any thread; the lock is not to be taken again. */
void visible_hold(void);
void visible_release(void);

/* Before a look, by whoever looks, while nobody can hold the linker's lock for long: where the modules' variables are. */
void visible_find(void);
/* All that is visible, of visible_find's last answer. */
void visible_tell(struct det_reach *r);
/* How much that is. */
uint64_t visible_bytes(void);
/* Not all of it is known: what nothing seems to reach may well be reached. */
bool visible_unknown(void);
/* A copy of the process would see what the process sees. */
bool visible_in_copy(void);

#endif
