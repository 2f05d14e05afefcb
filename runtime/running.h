/* Who is running: what instrument/ may ask and tell the runtime. Nothing else of the runtime is visible there.
 *
 * Threads: all of these may be called on any thread, also one that has never been inside the runtime. */
#ifndef GORO_RUNTIME_RUNNING_H
#define GORO_RUNTIME_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

/* The watcher's handle of the goroutine that this thread runs; NULL on a thread that runs none. */
void *running_task(void);
/* Its id (main is 1), 0 if none. */
uint64_t running_id(void);
/* True if the call being made is the runtime's own (it is inside, or makes one of its threads): wrappers of libc and
 * pthread functions pass straight through. */
bool running_own_call(void);
/* A place where another goroutine may be put on: called by the instrumentation every so many accesses, so that a
 * spinning goroutine lets the others go on. Returns at once on a thread that runs no goroutine. May come back on
 * another thread: the caller keeps no thread-local address across it. */
void running_switch_point(void);
/* At most n goroutines run at a time, whatever GOMAXPROCS says (0: no such limit). Before main only. */
void running_limit(unsigned n);

#endif
