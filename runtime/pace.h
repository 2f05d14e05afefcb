/* The program's time: what goro_now() says, and what timers, timeouts and deadlines go by.
 *
 * In a plain program, and on all processors, it is CLOCK_MONOTONIC. Under a seed it has to be the same in every run, so
 * there it is counted: it grows with what the program does (running_spent), by a little with each look at it, and, when
 * nobody can run, to the moment at which the next timer is due; that long the process sleeps, or not at all if time is
 * virtual. What comes from outside meanwhile (a descriptor, a thread that is not ours) makes it grow by as much as really
 * has passed, and so does a program that computes LAG_NS longer than was counted, lest a loop that waits for a time
 * hangs.
 *
 * Threads: any. */
#ifndef GORO_RUNTIME_PACE_H
#define GORO_RUNTIME_PACE_H

#include "runtime/g.h"

#ifdef GORO_RACE

/* One goroutine at a time, all choices by a seed. */
GORO_INLINE bool pace_seeded(void) { return sched.limit != 0; }

int64_t pace_now(void);
/* The same, for goro_now: each look takes a moment, so that who waits for a time by looking gets there. */
int64_t pace_look(void);
/* For the poller, before it waits until `deadline` (INT64_MAX: for ever): how long that is, 0 for not at all. */
int64_t pace_wait_begin(int64_t deadline);
/* Afterwards; `reached`: nothing else ended the wait. */
void pace_wait_end(int64_t deadline, bool reached);
/* In a replay, in place of a wait: the time grows by what was waited. */
void pace_wait_again(void);

#else

GORO_INLINE bool pace_seeded(void) { return false; }
GORO_INLINE int64_t pace_now(void) { return clock_now(); }
GORO_INLINE int64_t pace_look(void) { return clock_now(); }
GORO_INLINE int64_t pace_wait_begin(int64_t deadline) {
    int64_t ns = deadline == INT64_MAX ? INT64_MAX : deadline - clock_now();
    return ns < 0 ? 0 : ns;
}
GORO_INLINE void pace_wait_end(int64_t deadline, bool reached) { (void)deadline, (void)reached; }
GORO_INLINE void pace_wait_again(void) {}

#endif
#endif
