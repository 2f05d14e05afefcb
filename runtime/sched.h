/* The scheduler, as the rest of the runtime sees it: who I am, parking, making ready, what else can wake.
 *
 * Every public operation of the library is bracketed by runtime_enter and runtime_leave. Between the two the calling
 * thread owns a P and nobody can take it away; outside of them (in the user's code) the monitor may retake the P, and
 * the next runtime_enter then waits for another. This is what lets GOMAXPROCS=1 run without lock prefixes: at most
 * GOMAXPROCS threads are ever between enter and leave. Between them nothing may block but park.
 *
 * A thread the runtime did not make may call in too: enter makes it a goroutine of its own for the while. Main is a
 * goroutine that runs on the main thread only, because C libraries keep thread-locals; other goroutines move.
 *
 * The parking protocol: the caller holds exactly one lock, has put a waiter (on its own stack) where the waker will
 * find it, and calls park. The lock is released only after the goroutine's registers are saved and its stack left, so
 * a waker that gets the lock may run the goroutine at once: no status word, no second wake-up, no lost one.
 *
 * enter, park and yield_now may come back on another thread: no address of a thread-local lives across them. */
#ifndef GORO_RUNTIME_SCHED_H
#define GORO_RUNTIME_SCHED_H

#include "runtime/base/base.h"
#include "runtime/enter.h"
#include "runtime/hooks.h"
#include "runtime/lock.h"

struct g; /* a goroutine: runtime/g.h */

/* -- entering and leaving ----------------------------------------------------------------------------------- */

/* Returns the running goroutine, whose thread owns a P from here on. */
static inline struct g *runtime_enter(void);
static inline void runtime_leave(struct g *g);

/* -- parking and making ready: between enter and leave ------------------------------------------------------ */

/* Leaves the processor until ready(g). `kind` and `object` say what it waits on (dump, deadlock reports), `pc` where
 * the user called. Releases *lock after the switch (NULL: none). Returns on some thread, inside the runtime. */
enum {
    PARK_SENDING = 64, /* the first two may be or-ed to HOOK_CHAN, the third to HOOK_SELECT: for the dump */
    PARK_RECEIVING = 128,
    PARK_NO_CASES = 64,
    PARK_KIND_MASK = 63
};
void park(struct g *g, struct lock *lock, unsigned kind, const void *object, uintptr_t pc);
/* Makes a parked goroutine runnable, next on this P (direct hand-off). */
static inline void ready(struct g *g);
/* The same, at the end of the run queue: for wakers that wake many, and for fairness. */
static inline void ready_last(struct g *g);
/* Lets others run; the goroutine goes to the end of the queue. */
void yield_now(struct g *g);
/* The same and runtime_leave, as the last thing that a public function, called at pc, does. */
void yield_and_leave(struct g *g, uintptr_t pc);

/* Queues fn(arguments) as a goroutine; at most SPAWN_ARGUMENTS registers are passed as they are (integers or pointers). `pc` is the
 * return address of the user's call. `parent` NULL: from the poller's `due`, on no goroutine. known_as: the user's function, if fn is one of
 * ours that calls it. */
void spawn(struct g *parent, void (*fn)(void), uintptr_t known_as, const uint64_t *arguments, unsigned count,
           uintptr_t pc);

/* One of n, chosen by the one function that makes all choices (select's cases, waiters, goroutines). */
unsigned choose(struct g *g, unsigned n);

/* -- a goroutine's record ----------------------------------------------------------------------------------- */

/* Main is 1; ids are never used twice. */
uint64_t g_id(const struct g *g);
/* The watcher's handle (hooks.h); NULL in a plain build. */
void *g_task(const struct g *g);
/* The name is copied and cut at 31 bytes; NULL takes it away. */
void g_set_name(struct g *g, const char *name);
/* Calls fn(argument) when the goroutine ends, last registered first; main's when main returns or exit is called.
 * False: no memory. */
bool g_defer(struct g *g, void (*fn)(void *), void *argument);
/* Ends the calling goroutine after its deferred calls, as Go's Goexit. Inside the runtime; does not come back. */
_Noreturn void g_exit(struct g *g);
/* A slot for one pointer that belongs to the primitive the goroutine is parked on: its waker finds it. Untouched by
 * the scheduler. */
void **g_slot(struct g *g);

/* Goroutines that have been started and have not ended, main included. */
uint64_t g_count(void);

/* From here on the goroutine runs on its present thread only, and that thread runs nothing else. Nests. */
void thread_lock(struct g *g);
void thread_unlock(struct g *g);

/* The number of Ps; n < 1 only asks. Returns the previous value. Inside the runtime; may switch threads. */
unsigned gomaxprocs_set(struct g *g, int n);
/* CPUs that this process may run on (affinity mask, not quota). */
unsigned cpu_count(void);

/* -- timers and I/O: what else can make goroutines ready ------------------------------------------------------ */

/* Times are CLOCK_MONOTONIC nanoseconds. Each function is called by the scheduler:
 *
 * due        inside the runtime on a thread that owns a P, not on a goroutine's stack: makes ready what is due by
 *            `now` (with ready_last), returns when the next thing is due, INT64_MAX for never. Called about when
 *            asked for, and whenever a processor would go idle.
 * wait       blocks the calling thread, which owns no P, until `deadline` or interrupt(), or until it sees something
 *            that makes `due` worth a call. One thread at a time. NULL: the scheduler sleeps on its own.
 * interrupt  makes the present or the next wait return at once. Any thread.
 * can_wake   false if nothing that is pending now can ever make a goroutine ready: asked when all are asleep.
 * unsettled  true: `due` is to be called within a millisecond or so, whatever it said last. NULL: never. `watched`: a
 *            thread sits in `wait`, and sees what that sees.
 *
 * All must bear being called when nothing was ever started. `wait`, `can_wake` and `unsettled` run without a P and so
 * may take no struct lock; when can_wake is called nobody is inside. */
struct poller {
    int64_t (*due)(int64_t now);
    void (*wait)(int64_t deadline);
    void (*interrupt)(void);
    bool (*can_wake)(void);
    bool (*unsettled)(bool watched);
};
/* At most one poller; set it once, inside the runtime, before its first event is pending. */
void poller_set(const struct poller *poller);
/* Something new is due at `when`, perhaps before what `due` last said. Inside the runtime. */
void poller_notify(int64_t when);
/* Something is due at once; in a signal handler, with a poller set whose `interrupt` bears that. */
void poller_notify_from_signal(void);

/* Walks the scheduler's structures and asserts their invariants. Inside the runtime. */
void runtime_check(struct g *g);

/* -- how a process ends by a mistake of the user's ------------------------------------------------------------ */

/* "panic: text", the goroutine's stack, exit status 2. `what` and `object` go to the watcher first. */
_Noreturn void panic_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...)
    GORO_PRINTF(4, 5);
/* "fatal error: text", the same way: for mistakes that Go does not let a program recover from. */
_Noreturn void fatal_raise(enum hook_misuse what, const void *object, uintptr_t pc, const char *format, ...)
    GORO_PRINTF(4, 5);

#include "runtime/ready.h"

#endif
