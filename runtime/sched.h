/* The scheduler, as the rest of the runtime sees it: who I am, parking, making ready.
 *
 * Every public operation of the library is bracketed by runtime_enter and runtime_leave. Between the two the calling
 * thread owns a P and nobody can take it away; outside of them (in the user's code) the monitor may retake the P, and
 * the next runtime_enter then waits for another. This is what lets GOMAXPROCS=1 run without lock prefixes: at most
 * GOMAXPROCS threads are ever between enter and leave.
 *
 * A thread the runtime did not make may call in too: enter makes it a goroutine of its own for the while.
 *
 * The parking protocol: the caller holds exactly one lock, has put a waiter (on its own stack) where the waker will
 * find it, and calls park. The lock is released only after the goroutine's registers are saved and its stack left, so
 * a waker that gets the lock may run the goroutine at once: no status word, no second wake-up, no lost one. */
#ifndef GORO_RUNTIME_SCHED_H
#define GORO_RUNTIME_SCHED_H

#include "runtime/base/base.h"
#include "runtime/hooks.h"
#include "runtime/lock.h"

struct g; /* a goroutine: runtime/g.h */

/* Starts the runtime at the first call of a process; returns the running goroutine. */
struct g *runtime_enter(void);
void runtime_leave(struct g *g);

/* Leaves the processor until ready(g). `kind` and `object` say what it waits on (dump, deadlock reports), `pc` where
 * the user called. Releases *lock after the switch (NULL: none). Returns on some thread, inside the runtime. */
void park(struct g *g, struct lock *lock, enum hook_object kind, const void *object, uintptr_t pc);
/* Makes a parked goroutine runnable, next on this P (direct hand-off). */
void ready(struct g *g);
/* The same, at the end of the run queue: for wakers that wake many, and for fairness. */
void ready_last(struct g *g);
/* Lets others run; the goroutine goes to the end of the queue. */
void yield_now(struct g *g);

/* Queues fn(arguments) as a goroutine; `count` registers are passed as they are (integers or pointers). */
void spawn(struct g *parent, void (*fn)(void), const uint64_t *arguments, unsigned count, uintptr_t pc);

/* One of n, chosen by the one function that makes all choices (select's cases, waiters, goroutines). */
unsigned choose(struct g *g, unsigned n);

#endif
