/* Threads of the scheduler: making, sleeping, waking, and goroutines bound to one.
 *
 * Always true:
 *  1. A sleeping M owns no P; who wakes it has given it one before, or mail.
 *  2. A sleeping M has no mail, unless it has been roused.
 *  3. sched.idle_m_count counts the sleepers, whether they are in the idle list (free to run anything), in the poller,
 *     or wait for the one goroutine they are locked to.
 *
 * Threads are never ended: a burst of blocking calls leaves sleepers behind, which the next burst uses again. */
#include "runtime/crash.h"
#include "runtime/proc.h"
#include "runtime/running.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct m nobody_m = {.attention = ATTENTION};
__thread struct m *m_self __attribute__((tls_model("initial-exec"), visibility("hidden"))) = &nobody_m;

#if defined(__aarch64__)
GORO_NOINLINE struct m *m_current(void) {
    __asm__ volatile("" ::: "memory"); /* not pure: see enter.h */
    return m_self;
}
#endif

static __thread bool making_thread __attribute__((tls_model("initial-exec")));

/* -- making -------------------------------------------------------------------------------------------------------- */

void m_thread_number(struct m *m) {
    clockid_t clock = 0;
    hint_set(m->tid, gettid());
    if (pthread_getcpuclockid(pthread_self(), &clock) == 0) hint_set(m->cpu_clock, clock);
}

void m_thread_init(struct m *m, struct g *own) {
    m_self = m;
    m->errno_address = &errno;
    fiber_thread_start(m, own);
    if (m->foreign) return; /* it runs on its own stack only, and may end at any time */
    crash_thread_init();
    m_thread_number(m);
}

sigset_t program_mask;

/* Processes and threads that are about to end still count: as Go does, we try for a fifth of a second. */
enum { MOST_TRIES = 20, PAUSE_NS = 1000000 };

void own_thread_make(void *(*fn)(void *), void *arg) {
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t mine;
    bool monitor_makes = m_self == &nobody_m; /* it blocks all signals, which no thread for goroutines may */
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (monitor_makes) pthread_sigmask(SIG_SETMASK, &program_mask, &mine);
    making_thread = true;
    int e = pthread_create(&thread, &attr, fn, arg);
    for (unsigned tries = 1; e == EAGAIN && tries <= MOST_TRIES; tries++) {
        nanosleep(&(struct timespec){.tv_nsec = tries * PAUSE_NS}, NULL);
        e = pthread_create(&thread, &attr, fn, arg);
    }
    making_thread = false;
    if (monitor_makes) pthread_sigmask(SIG_SETMASK, &mine, NULL);
    pthread_attr_destroy(&attr);
    if (e) environment_error("pthread_create", "no thread to run goroutines on (ulimit -u and -v, cgroup pids.max)", e);
}

bool running_own_call(void) { return making_thread || (m_self != &nobody_m && m_self->inside); }

bool running_own_thread(void) { return m_self != &nobody_m && !m_self->foreign; }

static void *m_main(void *arg) {
    struct m *m = arg;
    m_thread_init(m, NULL);
    __atomic_store_n(&m->inside, 1, __ATOMIC_SEQ_CST);
    scheduler_loop(m);
}

void m_register_locked(struct m *m) {
    m->next = sched.all_ms;
    sched.all_ms = m;
}

static struct m *m_new_locked(void) {
    struct m *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED) environment_error("mmap", "no memory for a thread's record", errno);
    m_register_locked(m);
    sched.ms++;
    sched.own_threads++;
    return m;
}

void start_now(const struct start *s) {
    if (s->interrupt && sched.poller->interrupt) sched.poller->interrupt();
    if (s->wake) futex_wake(&s->wake->wake, 1);
    if (s->make) own_thread_make(m_main, s->make);
}

/* -- P's: all with sched.mutex ----------------------------------------------------------------------------------------- */

struct p *p_take_idle_locked(void) {
    struct p *p = sched.stopping ? NULL : sched.idle_ps;
    if (!p) return NULL;
    sched.idle_ps = p->next_idle;
    hint_set(sched.idle_p_count, sched.idle_p_count - 1);
    if (!sched.idle_ps) hint_set(sched.hungry, 0);
    return p;
}

void p_own_locked(struct m *m, struct p *p) {
    goro_assert(!m->p && !p->m);
    hint_set(m->p, p);
    p->m = m;
    solo_owned_locked(m);
    p->seen_since = 0;
    if (m->mail.count) attention_ask(m); /* it may have been cleared when there was no P to put the mail into */
    monitor_wake_locked();
}

void p_put_idle_locked(struct p *p) {
    p->next_idle = sched.idle_ps;
    sched.idle_ps = p;
    hint_set(sched.idle_p_count, sched.idle_p_count + 1);
    /* Seen by owners who fill a ring later: the barrier of go_idle is between this and the look at their rings. */
    if (sched.nprocs > 1) hint_set(sched.hungry, 1);
}

/* -- sleepers: all with sched.mutex ----------------------------------------------------------------------------------- */

void m_idle_locked(struct m *m) {
    goro_assert(!m->p && !m->idle && !m->mail.count);
    m->idle = true;
    sched.idle_m_count++;
    if (m->exclusive) return; /* waits for its own goroutine only */
    m->next_idle = sched.idle_ms;
    sched.idle_ms = m;
}

static void unlink_idle_locked(struct m *m) {
    for (struct m **link = &sched.idle_ms; *link; link = &(*link)->next_idle)
        if (*link == m) {
            *link = m->next_idle;
            return;
        }
}

/* m, which sleeps, is to wake with p. */
static void m_rouse_locked(struct m *m, struct p *p, struct start *s) {
    goro_assert(m->idle && !s->wake);
    m->idle = false;
    sched.idle_m_count--;
    if (sched.poller_m == m) s->interrupt = true;
    else unlink_idle_locked(m);
    p_own_locked(m, p);
    /* Last: it may wake this moment, and looks at all of the above. */
    __atomic_store_n(&m->wake, 1, __ATOMIC_RELEASE); /* pairs with m_sleep */
    s->wake = m;
}

static void start_locked(struct p *p, bool spinning, struct start *s) {
    goro_assert(!s->make);
    struct m *m = sched.idle_ms ? sched.idle_ms : sched.poller_m;
    bool sleeps = m && m->idle;
    if (!sleeps) m = s->make = m_new_locked();
    m->spinning = spinning;
    if (spinning) hint_set(sched.spinning, 1);
    if (sleeps) m_rouse_locked(m, p, s);
    else p_own_locked(m, p);
}

void p_start_idle_locked(struct start *s) {
    if (sched.spinning || s->wake || s->make) return; /* the one who looks already starts the next */
    struct p *p = p_take_idle_locked();
    if (p) start_locked(p, true, s);
}

void poller_fill_locked(struct start *s) {
    if (sched.poller && !sched.poller_m) p_start_idle_locked(s);
}

static struct p *p_disown_locked(struct m *m) {
    struct p *p = m->p;
    hint_set(m->p, NULL);
    p->m = NULL;
    solo_disowned_locked(m);
    return p;
}

void p_release_locked(struct m *m, struct start *s) {
    struct p *p = p_disown_locked(m);
    if (!sched.stopping && (runq_total(&p->runq) || sched.global.count) && !s->wake && !s->make) {
        start_locked(p, false, s);
        return;
    }
    p_put_idle_locked(p);
    solo_if_last_locked();
}

void bound_dispatch_locked(struct m *m, struct g *g, struct start *s) {
    struct m *to = g->bound_m;
    if (!(hint_get(g->flags) & G_BOUND)) { /* main, whose thread has been locked by another since it was picked */
        g_list_push(&sched.global, g);
        return;
    }
    if (!to->idle) {
        g_list_push(&to->mail, g);
        attention_ask(to);
        return;
    }
    struct p *p = p_take_idle_locked();
    if (!p && m->p) p = p_disown_locked(m);
    if (!p) { /* the world is stopping, and took m's: who next has one sees to it */
        g_list_push(&sched.global, g);
        return;
    }
    g_list_push(&to->mail, g);
    m_rouse_locked(to, p, s);
}

void m_sleep(struct m *m) {
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE); /* pairs with work_rob and the monitor */
    while (!__atomic_load_n(&m->wake, __ATOMIC_ACQUIRE)) futex_wait(&m->wake, 0, INT64_MAX);
    hint_set(m->wake, 0);
    /* Our P may have been retaken before we woke; then attention is set, and the caller looks. */
    __atomic_store_n(&m->inside, 1, __ATOMIC_SEQ_CST);
}
