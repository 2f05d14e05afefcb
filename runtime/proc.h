/* What the scheduler's files tell each other. Its users read sched.h.
 *
 *   proc.c     the fast paths: park, ready, yield, spawn, a goroutine's end
 *   idle.c     a thread without a goroutine: finding work, giving it away, sleeping
 *   thread.c   threads: making, waking, goroutines bound to one
 *   enter.c    the slow path of entering; foreign threads
 *   monitor.c  the thread that retakes P's
 *   world.c    stopping everybody; the number of P's
 *   start.c    the beginning and the end of the process
 *   record.c   goroutine records
 *   asleep.c, dump.c, panic.c, overflow.c   how a program ends by a mistake */
#ifndef GORO_RUNTIME_PROC_H
#define GORO_RUNTIME_PROC_H

#include "runtime/fiber.h"
#include "runtime/g.h"
#include "runtime/runq.h"
#include "runtime/sched.h"
#include "runtime/stack.h"

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
/* Gives g a stack of its own and a context that starts it. */
void g_bind(struct p *p, struct g *g);
/* Runs g on m from the scheduler's context until it leaves. */
void g_run(struct m *m, struct g *g);
/* Moves g to the global queue and waits, on whatever thread, for its turn. Returns inside. */
void g_requeue(struct g *g);
/* Which of the waiting goroutines is next: the seeded strategy's choice is brought to the front. */
GORO_INLINE void runq_choose(struct runq *q) {
#ifdef GORO_RACE
    unsigned chosen, n = runq_total(q);
    if (n > 1 && hook_choose(n, &chosen)) runq_promote(q, chosen);
#else
    (void)q;
#endif
}

/* -- idle.c -------------------------------------------------------------------------------------------------- */

/* The scheduler of one thread, on the thread's own stack or, for main's thread, on one made for it. */
_Noreturn void scheduler_loop(struct m *m);
/* Gives half of p's ring to whoever is hungry. Owner of p, not in a switch. */
void work_share(struct p *p);
GORO_INLINE void work_share_if_hungry(struct p *p) {
    if (unlikely(hint_get(sched.hungry)) && runq_in_line(&p->runq) > 0) work_share(p);
}
struct start;
void work_share_locked(struct p *p, struct start *s);
/* With sched.mutex: answers whatever m's attention was asked for, but yield_asked. May take m's P away. */
void attention_pay_locked(struct m *m);
/* Calls the poller if it is time. Inside. */
void poll_if_due(bool idle);
/* asleep.c. With sched.mutex: ends the process if nothing can ever run again. */
void asleep_check_locked(void);

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
void own_thread_make(void *(*fn)(void *), void *arg);

/* -- enter.c -------------------------------------------------------------------------------------------------- */

/* Parks, yields or waits for a P on the goroutine's own thread. */
void locked_park(struct g *g, struct lock *lock);
void locked_wait(struct g *g);

/* -- monitor.c ------------------------------------------------------------------------------------------------- */

/* Starts it, the first time something is runnable that is not running. */
void monitor_start(void);
void monitor_wake_locked(void);
/* With sched.mutex, after asking m's attention and then a barrier: does m own p, and is it kept out of the runtime until
 * the mutex is released? If attention is no longer set it has been paid since, and the next enter would not stop. */
bool owner_kept_out_locked(const struct p *p, const struct m *m);
/* Takes from the goroutines of a P whose owner is in user code and has been there since `ticks`, into p. */
bool work_rob(struct p *from, uint32_t ticks, struct p *to);

/* -- world.c, record.c, start.c --------------------------------------------------------------------------------- */

struct p *p_new(unsigned index);
unsigned procs_default(void);
/* With sched.mutex: a P is given up because the world is to stop. */
void world_surrender_locked(struct m *m);

void records_refill(struct p *p);
void records_drain(struct p *p);
void ids_refill(struct p *p);
void records_walk(void (*visit)(struct g *g, void *arg), void *arg);

/* At the first enter: what costs too much to do before main in a program that may never use it. */
void runtime_start(void);
/* The deferred calls of g, outside of the runtime; comes back inside. */
void deferred_run(struct g *g);

/* dump.c, overflow.c */
_Noreturn void all_asleep(void);
void overflow_init(void);
void overflow_thread_init(void);

/* 32-byte cells that are not malloc's: names, deferred calls. */
enum { CELL_BYTES = 32 };
void *cell_get(void);
void cell_put(void *cell);

#endif
