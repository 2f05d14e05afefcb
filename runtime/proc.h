/* What the scheduler's files tell each other. Its users read sched.h.
 *
 *   proc.c     the fast paths: park, ready, yield, spawn, a goroutine's end
 *   idle.c     a thread without a goroutine: finding work, giving it away, sleeping
 *   thread.c   threads: making, waking, goroutines bound to one
 *   enter.c    the slow path of entering; foreign threads
 *   monitor.c  the thread that retakes P's
 *   world.c    stopping everybody; the number of P's
 *   solo.c     is one thread alone inside?
 *   start.c    the beginning and the end of the process
 *   record.c   goroutine records
 *   roots.c, unwound.c   what the watcher may ask of memory
 *   asleep.c, dump.c, panic.c, crash.c   how a program ends by a mistake */
#ifndef GORO_RUNTIME_PROC_H
#define GORO_RUNTIME_PROC_H

#include "runtime/fiber.h"
#include "runtime/g.h"
#include "runtime/runq.h"
#include "runtime/sched.h"
#include "runtime/stack.h"

#include <signal.h>

/* -- proc.c -------------------------------------------------------------------------------------------------- */

/* Releases what the goroutine that ran here before wanted released once its stack was left. */
GORO_INLINE void switch_finish(struct m *m) {
    struct lock *l = m->unlock;
    if (l) {
        m->unlock = NULL;
        lock_drop(l);
    }
    fiber_end_pending(m);
}
/* Runs g on m from the scheduler's context until it leaves. */
void g_run(struct m *m, struct g *g);
/* Moves g to the global queue and waits, on whatever thread, for its turn. Returns inside. */
void g_requeue(struct g *g);
/* Which of the waiting goroutines is next: the seeded strategy's choice is brought to the front. */
GORO_INLINE void runq_choose(struct runq *q) {
#ifdef GORO_RACE
    unsigned chosen, n = runq_total(q);
    if (n < 2) return;
    if (unlikely(hook_explores())) runq_promote(q, hook_next(n, runq_id, q));
    else if (hook_choose(n, &chosen)) runq_promote(q, chosen);
#else
    (void)q;
#endif
}

/* -- idle.c -------------------------------------------------------------------------------------------------- */

/* The scheduler of one thread, on the thread's own stack or, for main's thread, on one made for it. */
_Noreturn void scheduler_loop(struct m *m);
struct start;
void work_share_locked(struct p *p, struct start *s);
/* With sched.mutex: answers whatever m's attention was asked for, but yield_asked. May take m's P away. */
void attention_pay_locked(struct m *m);
/* Calls the poller if it is time. Inside. */
void poll_if_due(bool idle);
/* asleep.c. With sched.mutex: ends the process if nothing can ever run again. */
void asleep_check_locked(void);
/* How many threads are not ours and do not wait inside; UINT_MAX: it cannot be told. With sched.mutex. */
unsigned foreign_threads_locked(void);
/* For the thread that sits in the poller: can nothing but a timer make anybody run, unless it comes from outside the process? */
bool asleep_but_for_time(void);

/* -- thread.c ------------------------------------------------------------------------------------------------- */

/* A thread that is to be woken or made; decided with sched.mutex, carried out without. */
struct start {
    struct m *wake, *make;
    bool interrupt; /* it sleeps in the poller */
};
void start_now(const struct start *s);

/* All with sched.mutex. */
struct p *p_take_idle_locked(void);
void p_own_locked(struct m *m, struct p *p);
/* m gives up its P: to a thread that will run what is waiting, or to the idle ones. */
void p_release_locked(struct m *m, struct start *s);
/* An idle P, if there is one, to a thread that will look for work. */
void p_start_idle_locked(struct start *s);
/* A P has fallen idle, and whoever had it will not sit in the poller: if nobody does, a thread is started that will. */
void poller_fill_locked(struct start *s);
void p_put_idle_locked(struct p *p);
void m_idle_locked(struct m *m);
/* g, which only g->bound_m may run, goes there; `m`'s P goes along if it is needed. */
void bound_dispatch_locked(struct m *m, struct g *g, struct start *s);

/* Sleeps until woken, without a P; comes back inside, perhaps with one. */
void m_sleep(struct m *m);
void m_register_locked(struct m *m);
/* The thread's own marks: m_self, errno, alternate signal stack, sanitizer. */
void m_thread_init(struct m *m, struct g *own);
void m_thread_number(struct m *m); /* the part of it that a fork changes */
void own_thread_make(void *(*fn)(void *), void *arg);
/* What the thread that started the monitor blocks; for the threads that the monitor makes. */
extern sigset_t program_mask;

/* -- enter.c -------------------------------------------------------------------------------------------------- */

/* Parks, yields or waits for a P on the goroutine's own thread. */
void locked_park(struct g *g, struct lock *lock);
void locked_wait(struct g *g);

/* -- monitor.c ------------------------------------------------------------------------------------------------- */

/* Starts it, the first time something is runnable that is not running. */
void monitor_start(void);
void monitor_want(void); /* the same, but in an explored schedule only if somebody asks for it (running_watch) */
bool monitor_is_wanted(void);
void monitor_wake_locked(void);
/* With sched.mutex, after asking m's attention and then a barrier: does m own p, and is it kept out of the runtime until
 * the mutex is released? If attention is no longer set it has been paid since, and the next enter would not stop. */
bool owner_kept_out_locked(const struct p *p, const struct m *m);
/* Takes from the goroutines of a P whose owner is in user code and has been there since `ticks`, into p. */
bool work_rob(struct p *from, uint32_t ticks, struct p *to);

/* -- solo.c ---------------------------------------------------------------------------------------------------- */

/* All with sched.mutex: m has got a P; has none any more; a P has been put to the idle ones; m, which is inside and in the
 * middle of nothing, was asked for its attention. */
void solo_owned_locked(struct m *m);
void solo_disowned_locked(struct m *m);
void solo_if_last_locked(void);
void solo_answer_locked(const struct m *m);
/* For m, gated, without the mutex: true if it may go on; else it looks to its attention, and tries again. */
bool solo_pass(struct m *m);
/* In every round of the monitor's. */
void solo_tick(void);
void solo_check_locked(void);

/* -- world.c, record.c, start.c --------------------------------------------------------------------------------- */

struct p *p_new(unsigned index);
unsigned procs_default(void);
/* With sched.mutex: a P is given up because the world is to stop. */
void world_surrender_locked(struct m *m);
/* For a process that is to end: goroutines switch no more, as far as can be had without waiting, so that their stacks
 * stay as they are shown. Never undone. In a signal handler, too. */
void world_freeze(void);

void records_refill(struct p *p);
void records_drain(struct p *p);
/* Maps memory for the first records. */
void records_expect(void);
void ids_refill(struct p *p);
void records_walk(void (*visit)(struct g *g, void *arg), void *arg);
/* The arguments of what a goroutine is still to call at its end. */
void deferred_walk(const struct g *g, void (*visit)(void *const *argument, void *arg), void *arg);

/* At the first enter: what costs too much to do before main in a program that may never use it. */
void runtime_start(void);
/* It has been called: the program has used the runtime. */
bool runtime_started(void);
/* The deferred calls of g, outside of the runtime; comes back inside. */
void deferred_run(struct g *g);

/* panic.c */
_Noreturn void all_asleep(void);

/* 32-byte cells that are not malloc's: names, deferred calls. */
enum { CELL_BYTES = 32 };
void *cell_get(void);
void cell_put(void *cell);

#endif
