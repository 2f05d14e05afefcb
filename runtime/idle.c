/* A thread without a goroutine: finding work, asking for it, giving it away, sleeping.
 *
 * Run queues are private (g.h, invariant 2), so work moves in three ways:
 *  * A thread that finds nothing sets sched.hungry. Whoever next adds to his ring sees it, moves half of his line to
 *    the global queue and wakes a sleeper if nobody is looking there. The flag is raised only after some
 *    microseconds of looking in vain, so that tightly coupled goroutines are not torn apart for nothing.
 *  * An owner that sits in user code is robbed (monitor.c, work_rob): the thief stops him at his next enter, behind
 *    a barrier that only the thief pays. One that switches, and adds nothing, is asked for attention (ask_for_work).
 *  * The monitor does the same for who has slept through the request.
 *
 * Always true: a thread sleeps only after sched.hungry is set and, behind a barrier, all run queues were seen empty, or
 * their owners' goroutines coupled (is_coupled), or few and soon to be run (has_to_spare): whoever fills one later sees the
 * flag, and if an owner stays away from his line the monitor retakes his P.
 *
 * Measured with GOMAXPROCS=2 before and after has_to_spare and share_single (a visitor for one goroutine kept every operation
 * of the other P locked, and came again at once): worker pool 35 and 15 ns a job, spawn + join 46 and 30; before and after
 * ask_for_work: a million parked 2,300 and 1,500 ns each.
 *
 * Not done: spinning in proportion to the busy P's. One spinner at a time is enough to hand work out at the rate that
 * one lock allows, and wakes the next one itself. */
#include "runtime/barrier.h"
#include "runtime/pace.h"
#include "runtime/proc.h"

enum {
    SPIN_NS = 20000,  /* look this long before sleeping: about what a sleep and a wake-up cost here */
    HUNGRY_NS = 3000, /* ask for work after this long */
    ROB_NS = 10000,   /* take it from those in user code after this long */
    SHARE_LIMIT = 128,
};

/* -- giving ----------------------------------------------------------------------------------------------------- */

void work_share_locked(struct p *p, struct start *s) {
    hint_set(sched.hungry, 0);
    runq_give(&p->runq, &sched.global, SHARE_LIMIT);
    p_start_idle_locked(s);
}

/* Goroutines that meet at the same channels and locks all the time do better on one processor than on two that wait for
 * each other: a channel operation that finds the lock held costs ten times one that does not. So who has met contention at
 * every few switches gives nothing away for a while, twice as long at each time in a row; then it is tried again. Those
 * who are elsewhere come back by themselves: whoever is woken runs where he was woken. */
static bool is_coupled(const struct p *p) {
    return hint_get(sched.monitor_ticks) - hint_get(p->coupled_since) < hint_get(p->coupled_ticks);
}

/* At the first request in a tick: what was the last one like? */
static void coupling_judge(struct p *p, uint32_t tick) {
    enum { FIRST = 4, LAST = 64, SOME = 16, SWITCHES_EACH = 4 };
    uint32_t contended = p->m->contended - p->base_contended, switches = p->ticks - p->base_ticks;
    p->base_contended = p->m->contended;
    p->base_ticks = p->ticks;
    if (is_coupled(p)) return;
    bool close = contended > SOME && contended > switches / SWITCHES_EACH;
    uint32_t before = p->coupled_ticks;
    hint_set(p->coupled_ticks, !close ? 0 : before == 0 ? FIRST : before < LAST ? before * 2 : LAST);
    hint_set(p->coupled_since, tick);
}

/* A single goroutine in line is mostly run here a moment later, by who parks now, for less than a wake-up costs
 * elsewhere. So it is given away at the first request in each of the monitor's ticks, then ever more seldom: a pair that
 * is coupled tightly stays together, and a goroutine whose creator goes on computing does not wait. Not at all where
 * goroutines have switched every few microseconds of late: who comes for one keeps all operations locked for that while. */
static bool worth_giving(struct p *p) {
    enum { FIRST = 8, LAST = 4096, MANY = 64, OFTEN = 256 };
    uint32_t tick = hint_get(sched.monitor_ticks), past = tick - p->share_tick;
    if (past > 0) {
        p->share_single = (p->ticks - p->base_ticks) / past < OFTEN;
        coupling_judge(p, tick);
        p->share_tick = tick;
        p->share_wait = 0;
        p->share_stride = FIRST;
    }
    if (runq_in_line(&p->runq) > 1) return !is_coupled(p) || runq_in_line(&p->runq) > MANY;
    if (!p->share_single) return false;
    if (p->share_wait > 0) {
        p->share_wait--;
        return false;
    }
    p->share_wait = p->share_stride;
    if (p->share_stride < LAST) p->share_stride *= 8;
    return true;
}

void work_share(struct p *p) {
    if (hint_get(sched.global.count) > 0 && hint_get(sched.spinning)) return; /* there is some */
    if (!worth_giving(p)) return;
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    work_share_locked(p, &s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

void attention_pay_locked(struct m *m) {
    solo_answer_locked(m);
    if (!m->foreign || m->p) hint_set(m->attention, 0);
    if (m->p && sched.stopping) world_surrender_locked(m);
    if (!m->p || m->exclusive) return;
    struct g *g;
    while ((g = g_list_pop(&m->mail))) runq_put_last(&m->p->runq, g);
}

/* The goroutine that was left has no P, or is not to have it: it stands in line with everybody. */
static void requeue_locked(struct m *m, struct start *s) {
    g_list_push(&sched.global, m->requeue);
    m->requeue = NULL;
    if (m->p) return;
    struct p *p = p_take_idle_locked();
    if (p) p_own_locked(m, p);
    else p_start_idle_locked(s);
}

/* Answers, from the scheduler's context, what the goroutine that left and others asked for. */
static void requests_serve(struct m *m) {
    if (!m->requeue && !m->handoff && !attention_wanted(m)) return;
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    attention_pay_locked(m);
    if (m->requeue) requeue_locked(m, &s);
    m->yield_asked = false; /* the goroutine has left */
    struct g *bound = m->handoff;
    m->handoff = NULL;
    if (bound) bound_dispatch_locked(m, bound, &s);
    if (m->p && hint_get(sched.hungry) && runq_in_line(&m->p->runq)) work_share_locked(m->p, &s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* -- taking -------------------------------------------------------------------------------------------------------- */

/* Under a seed it is not the monitor, whenever it comes, that has descriptors looked at while others run. */
static bool is_overlooked(const struct poller *poller) {
    return pace_seeded() && poller->unsettled && poller->unsettled(false);
}

void poll_if_due(bool idle) {
    static uint32_t polling; /* one at a time: exchange pairs with the store that ends it */
    const struct poller *poller = __atomic_load_n(&sched.poller, __ATOMIC_ACQUIRE);
    int64_t now = pace_now();
    hint_set(sched.coarse_now, now);
    if (!poller || (!idle && now < hint_get(sched.due) && !is_overlooked(poller))) return;
    if (__atomic_exchange_n(&polling, 1, __ATOMIC_ACQUIRE)) return;
    /* Notices that arrive while it runs lower `due` again. */
    __atomic_store_n(&sched.due, INT64_MAX, __ATOMIC_SEQ_CST);
    poller_notify(poller->due(now)); /* who fell asleep in the poller meanwhile saw no time at all */
    __atomic_store_n(&polling, 0, __ATOMIC_RELEASE);
}

/* A fair share of the global queue: one to run, the rest to the ring. */
static struct g *take_global(struct p *p) {
    if (!hint_get(sched.global.count)) return NULL;
    os_mutex_lock(&sched.mutex);
    uint64_t n = sched.global.count / sched.nprocs + 1;
    if (n > SHARE_LIMIT) n = SHARE_LIMIT;
    struct g *first = g_list_pop(&sched.global), *g;
    while (--n > 0 && (g = g_list_pop(&sched.global))) runq_put_last(&p->runq, g);
    os_mutex_unlock(&sched.mutex);
    return first;
}

/* With a P: the goroutine that has the best claim, in the order that starves nobody. */
static struct g *take_any(struct p *p) {
    struct g *g = take_global(p);
    if (g) return g;
    runq_choose(&p->runq);
#ifdef GORO_RACE
    if (p->runq.next) return runq_take_next(&p->runq);
#endif
    return runq_pick_fair(&p->runq);
}

/* How many goroutines each P had put on when somebody last began to look for work; hints. */
enum { MOST_PS = 64 };
static uint32_t seen_ticks[MOST_PS];

static bool rob_somebody(struct p *thief) {
    for (unsigned i = 0; i < MOST_PS && i < sched.nprocs; i++)
        if (sched.ps[i] != thief && work_rob(sched.ps[i], hint_get(seen_ticks[i]), thief)) return true;
    return false;
}

/* Owners that make nobody ready see no request: they only put on those who stand in line. Each sees this one at his next switch. */
static void ask_for_work(const struct p *thief) {
    for (unsigned i = 0; i < sched.nprocs; i++) {
        const struct p *p = sched.ps[i];
        if (p == thief || runq_in_line(&p->runq) < 2 || is_coupled(p)) continue;
        os_mutex_lock(&sched.mutex);
        if (p->m) attention_ask(p->m);
        os_mutex_unlock(&sched.mutex);
    }
}

static void note_ticks(void) {
    for (unsigned i = 0; i < MOST_PS && i < sched.nprocs; i++) hint_set(seen_ticks[i], hint_get(sched.ps[i]->ticks));
}

/* Looks for work of others for a while. True: look again. */
static bool spin(struct m *m) {
    int64_t start = clock_now(), now = start;
    bool robbed = false;
    note_ticks();
    do {
        for (int i = 0; i < 32; i++) {
            if (hint_get(sched.global.count) || attention_wanted(m)) return true;
            cpu_relax();
        }
        now = clock_now();
        if (now - start > HUNGRY_NS && !hint_get(sched.hungry)) hint_set(sched.hungry, 1);
        if (now - start > ROB_NS && !robbed) {
            robbed = true;
            if (rob_somebody(m->p)) return true;
            ask_for_work(m->p);
        }
    } while (now - start < SPIN_NS);
    return false;
}

static bool spin_start(struct m *m) {
    if (m->spinning) return true;
    os_mutex_lock(&sched.mutex);
    m->spinning = sched.spinning == 0;
    if (m->spinning) hint_set(sched.spinning, 1);
    os_mutex_unlock(&sched.mutex);
    return m->spinning;
}

/* Work is found: the next thread may start looking, and is told to if there is more. */
static void spin_end(struct m *m) {
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    m->spinning = false;
    hint_set(sched.spinning, 0);
    if (sched.global.count) p_start_idle_locked(&s);
    else if (sched.idle_ps) hint_set(sched.hungry, 1);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* -- sleeping -------------------------------------------------------------------------------------------------------- */

/* With sched.mutex: no reason to stay awake is left? Without a P there is none but a P that has become free; mail
 * then waits in the global queue, so that whoever has a P to spare brings it. */
static bool may_sleep_locked(struct m *m) {
    if (m->p) return !sched.global.count && !m->mail.count && !attention_wanted(m);
    if (!m->mail.count && !sched.global.count) return true;
    struct p *p = p_take_idle_locked();
    if (p) p_own_locked(m, p);
    struct g *g;
    while (!p && (g = g_list_pop(&m->mail))) g_list_push(&sched.global, g);
    return !p;
}

/* Sleeps in the poller's stead until something is due. */
static void sleep_in_poller(struct m *m, int64_t deadline) {
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE); /* pairs with work_rob and the monitor */
    if (sched.poller->wait) sched.poller->wait(deadline);
    else futex_wait(&m->wake, 0, deadline);
    os_mutex_lock(&sched.mutex);
    hint_set(sched.poller_m, NULL); /* not before: an interrupt meant for the next must not end our wait */
    if (m->idle) {
        /* Nobody woke us: something may be due. Without a free P those who have one see sched.due. */
        struct p *p = p_take_idle_locked();
        m->idle = false;
        sched.idle_m_count--;
        if (p) p_own_locked(m, p);
        else hint_set(sched.due, 0);
    }
    os_mutex_unlock(&sched.mutex);
    if (hint_get(m->p) || __atomic_load_n(&m->wake, __ATOMIC_ACQUIRE)) {
        hint_set(m->wake, 0);
        __atomic_store_n(&m->inside, 1, __ATOMIC_SEQ_CST);
        return;
    }
    os_mutex_lock(&sched.mutex);
    bool sleep = may_sleep_locked(m);
    if (sleep) m_idle_locked(m);
    os_mutex_unlock(&sched.mutex);
    if (sleep) m_sleep(m);
    else __atomic_store_n(&m->inside, 1, __ATOMIC_SEQ_CST);
}

/* The few of one who has switched meanwhile are run a moment later, and he was asked (ask_for_work): to look again and again
 * would keep everybody's operations locked. If they wait for long after all the monitor sees to it. */
static bool has_to_spare(unsigned i) {
    enum { FEW = 64 };
    const struct p *p = p_at(i);
    bool moves = i < MOST_PS && hint_get(p->ticks) != hint_get(seen_ticks[i]);
    uint32_t fresh = ring_count(&p->runq.fresh), woken = ring_count(&p->runq.woken);
    return (moves ? fresh > 1 || woken > FEW : fresh + woken > 0) && !is_coupled(p);
}

/* Behind a barrier: has somebody a goroutine in his queue that he put there before he could see us hungry? */
static bool work_left_behind(void) {
    for (unsigned i = 0; i < procs_now(); i++)
        if (has_to_spare(i)) return true;
    return hint_get(sched.global.count) > 0;
}

/* Gives up the P, if there is one, and sleeps. */
static void go_idle(struct m *m) {
    struct start s = {0};
    bool multi = hint_get(sched.nprocs) > 1;
    int64_t deadline = INT64_MAX;
    os_mutex_lock(&sched.mutex);
    if (!may_sleep_locked(m)) {
        os_mutex_unlock(&sched.mutex);
        return;
    }
    if (m->spinning) {
        m->spinning = false;
        hint_set(sched.spinning, 0);
    }
    bool had_p = m->p != NULL;
    if (m->p) p_release_locked(m, &s);
    bool in_poller = sched.poller && !sched.poller_m;
    if (in_poller) {
        hint_set(sched.poller_m, m);
        m->idle = true;
        sched.idle_m_count++;
        deadline = hint_get(sched.due);
    } else {
        m_idle_locked(m);
    }
    asleep_check_locked();
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
    if (had_p && multi) {
        barrier_all();
        if (work_left_behind()) {
            os_mutex_lock(&sched.mutex);
            p_start_idle_locked(&s);
            os_mutex_unlock(&sched.mutex);
            start_now(&s);
        }
    }
    if (in_poller) sleep_in_poller(m, deadline);
    else m_sleep(m);
}

/* -- the loop --------------------------------------------------------------------------------------------------------- */

static struct g *find_work(struct m *m) {
    for (bool idle = false;; idle = true) {
        requests_serve(m);
        if (!hint_get(m->p)) {
            go_idle(m);
            continue;
        }
        if (unlikely(m->gated) && !solo_pass(m)) continue;
        poll_if_due(idle);
        struct g *g = take_any(hint_get(m->p));
        if (g && (hint_get(g->flags) & G_BOUND) && g->bound_m != m) {
            m->handoff = g;
            continue;
        }
        if (g) {
            if (m->spinning) spin_end(m);
            return g;
        }
        if (sched.nprocs > 1 && spin_start(m) && spin(m)) continue;
        go_idle(m);
    }
}

void scheduler_loop(struct m *m) {
    for (;;) g_run(m, find_work(m));
}
