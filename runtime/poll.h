/* What an idle scheduler waits for besides runnable goroutines: timers and descriptors.
 *
 * The idle loop of a thread, in words: when nothing is runnable, run the timers that are due; if still nothing, sleep
 * until timers_next(). If io_active(), one of the idle threads sleeps in io_wait (with that time as its limit) in place
 * of its futex, and io_interrupt ends its sleep. A thread that never idles calls timers_run and an io_wait of 0 every
 * so many switches, so that a busy program's timers fire, too. */
#ifndef GORO_RUNTIME_POLL_H
#define GORO_RUNTIME_POLL_H

#include "runtime/base/base.h"

#include <sys/epoll.h>

/* -- timers: runtime/timer.c --------------------------------------------------------------------------------- */

/* When the earliest timer is due (goro_now's clock); INT64_MAX: there is none. May be too early (a timer that has
 * been stopped), never too late. Any thread, takes no lock. */
int64_t timers_next(void);
/* Fires everything due at `now`; returns how many were. The caller owns a P and holds no lock. */
unsigned timers_run(int64_t now);
/* The runtime's clock: monotonic nanoseconds. */
int64_t clock_now(void);

/* -- descriptors: runtime/netpoll.c ---------------------------------------------------------------------------- */

struct io_batch {
    int count;
    struct epoll_event events[64];
};

/* True while a goroutine waits for a descriptor. Any thread, takes no lock. */
bool io_active(void);
/* Sleeps until a descriptor is ready, io_interrupt, or timeout_ns (0: only looks; negative: no limit). Needs no P: the
 * caller gives its P away before it sleeps. */
void io_wait(struct io_batch *batch, int64_t timeout_ns);
/* Makes ready the goroutines that waited for the batch's events; returns how many. The caller owns a P. */
unsigned io_deliver(struct io_batch *batch);
/* Ends a sleep in io_wait, or the next one. Any thread. */
void io_interrupt(void);

#endif
