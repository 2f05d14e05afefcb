/* The monitor: a thread of its own that never owns a P and looks, every few milliseconds, whether somebody sits on one.
 *
 * A goroutine in an endless loop, in read(), sleep() or pthread_mutex_lock() leaves its P unused. When others could
 * run, the P is retaken and given to another thread; the goroutine keeps its own thread, finds its P gone at its next
 * enter, and stands in line. There is no preemption by signal: a signal inside malloc would let another goroutine
 * call malloc.
 *
 * Two limits: a thread that uses no CPU time is blocked, and loses its P after BLOCKED_NS; one that computes, after HOG_NS
 * of its CPU time (or PATIENCE_NS of anybody's), because giving its P away means more threads than processors.
 *
 * Under running_limit (one goroutine at a time, its order chosen by a seed) nothing may depend on when the monitor comes: a
 * goroutine that computes is left alone, as it meets switch points by itself, and one that is blocked in a call, which no
 * seed repeats, loses its P as soon as there is anything that could use it, a timer that is not due yet included.
 *
 * In an explored schedule, of which there are thousands, the thread is made only when somebody asks for it (running_watch): it
 * is a fifth of what a short one costs, and has nothing to do as long as nobody blocks in a call.
 *
 * Retaking is Dekker's protocol: ask attention, barrier, look at m->inside (barrier.h, g.h). A thread seen inside keeps
 * its P and yields at its next enter.
 *
 * Threads: monitor_loop on the monitor's thread; work_rob on a thread that looks for work. */
#include "runtime/barrier.h"
#include "runtime/base/fmt.h"
#include "runtime/pace.h"
#include "runtime/proc.h"
#include "runtime/running.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_NS = 1000000,
    BLOCKED_NS = 2000000,
    HOG_NS = 10000000,
    PATIENCE_NS = 100000000,
    RECHECK_NS = 100000000, /* all asleep but for threads that are not ours: one of them may be the last to end */
    TRIM_TICKS = 100,       /* give free stacks back about every 0.1 s ... */
    TRIM_BATCHES = 16,      /* ... this many batches of them */
};

static bool started;
static bool wanted, asked_for; /* by a goroutine; by running_watch */

/* -- robbing ---------------------------------------------------------------------------------------------------------- */

bool owner_kept_out_locked(const struct p *p, const struct m *m) {
    return p->m == m && attention_wanted(m) && __atomic_load_n(&m->inside, __ATOMIC_ACQUIRE) == 0; /* runtime_leave */
}

bool work_rob(struct p *from, uint32_t ticks, struct p *to) {
    if (hint_get(from->ticks) != ticks || !runq_total(&from->runq)) return false;
    os_mutex_lock(&sched.mutex);
    struct m *m = from->m;
    os_mutex_unlock(&sched.mutex);
    if (!m) return false;
    attention_ask(m); /* at the latest at his next enter he shares by himself, as we are hungry */
    barrier_all();
    struct g_list loot = {0};
    os_mutex_lock(&sched.mutex);
    if (owner_kept_out_locked(from, m)) {
        if (!runq_give(&from->runq, &loot, 64) && from->runq.next) g_list_push(&loot, runq_take_next(&from->runq));
    }
    os_mutex_unlock(&sched.mutex);
    struct g *g;
    bool robbed = loot.head != NULL;
    while ((g = g_list_pop(&loot))) runq_put_last(&to->runq, g);
    return robbed;
}

/* -- retaking ----------------------------------------------------------------------------------------------------------- */

static int64_t thread_cpu_ns(const struct m *m) {
    struct timespec t;
    clockid_t clock = hint_get(m->cpu_clock);
    if (!clock || clock_gettime(clock, &t)) return 0;
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* With sched.mutex: could another thread use p? Time that is counted stands still until somebody waits for it. */
static bool work_waits_locked(const struct p *p, int64_t now) {
    if (runq_total(&p->runq) || sched.global.count || p->m->mail.count) return true;
    if (pace_seeded()) return sched.poller && sched.poller->can_wake();
    return sched.poller && now >= hint_get(sched.due);
}

/* Does the kernel say that the thread sleeps? A thread that only waits for a CPU, on a busy machine, is not blocked. */
static bool thread_sleeps(const struct m *m) {
    char path[64], text[256];
    struct fmt f;
    fmt_init(&f, path, sizeof path);
    fmt_print(&f, "/proc/self/task/%d/stat", hint_get(m->tid));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return true; /* no /proc: go by the CPU time alone */
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *state = strrchr(text, ')');
    if (!state || state[1] != ' ') return true;
    return state[2] != 'R' && !(pace_seeded() && state[2] == 'D'); /* a page that is being read: it has called nothing */
}

enum verdict { WORKS, LATE, BLOCKED, HOGS };

/* What has m, in user code since `since`, when it had used `cpu`, done with that time? */
static enum verdict judge(const struct m *m, int64_t since, int64_t cpu, int64_t now) {
    int64_t wall = now - since, used = thread_cpu_ns(m) - cpu;
    if (wall < BLOCKED_NS) return WORKS;
    if (pace_seeded()) return !m->foreign && used < wall / 16 && thread_sleeps(m) ? BLOCKED : WORKS;
    if (m->foreign) return wall >= HOG_NS ? HOGS : WORKS;
    if (used >= HOG_NS) return HOGS;
    if (used < wall / 16 && thread_sleeps(m)) return BLOCKED;
    return wall >= PATIENCE_NS ? LATE : WORKS;
}

/* With sched.mutex: the verdict on the owner of p. */
static enum verdict judge_owner_locked(struct p *p, int64_t now) {
    uint32_t ticks = hint_get(p->ticks);
    if (p->seen_since != 0 && ticks == p->seen_ticks && work_waits_locked(p, now))
        return judge(p->m, p->seen_since, p->seen_cpu, now);
    p->seen_ticks = ticks;
    p->seen_since = now;
    p->seen_cpu = thread_cpu_ns(p->m);
    return WORKS;
}

/* Main is wanted, and its thread is held by another goroutine: it may run elsewhere until that is over. */
static void main_free_locked(void) {
    struct g *g;
    if (main_m.exclusive || !main_m.mail.count) return;
    hint_set(main_g.flags, (uint8_t)((main_g.flags & ~G_BOUND) | G_ROAMS));
    while ((g = g_list_pop(&main_m.mail))) g_list_push(&sched.global, g);
}

static void main_bind_locked(void) {
    if (!(main_g.flags & G_ROAMS) || main_m.exclusive || !main_m.idle) return;
    hint_set(main_g.flags, (uint8_t)((main_g.flags & ~G_ROAMS) | G_BOUND));
}

static void retake(struct p *p, struct m *m, enum verdict verdict) {
    struct start s = {0};
    attention_ask(m);
    barrier_all();
    os_mutex_lock(&sched.mutex);
    if (!owner_kept_out_locked(p, m) || (verdict != BLOCKED && sched.limit)) {
        if (p->m == m && !pace_seeded()) {
            m->yield_asked = true;
            attention_ask(m); /* it may have answered the first one already */
        }
        os_mutex_unlock(&sched.mutex);
        return;
    }
    if (m == &main_m && verdict != LATE) main_free_locked();
    p_release_locked(m, &s);
    poller_fill_locked(&s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* With a P idle, work that waits behind somebody's back in `next` is brought to light. */
static void surface_work(void) {
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    p_start_idle_locked(&s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

static void look_at(struct p *p, int64_t now) {
    enum verdict verdict = WORKS;
    bool surface = false;
    os_mutex_lock(&sched.mutex);
    struct m *m = p->m;
    if (m && !sched.stopping) {
        verdict = judge_owner_locked(p, now);
        surface = sched.idle_ps && runq_total(&p->runq) && hint_get(p->ticks) == p->seen_ticks && now > p->seen_since;
    }
    os_mutex_unlock(&sched.mutex);
    if (surface) surface_work();
    else if (verdict != WORKS) retake(p, m, verdict);
}

/* Main's thread runs another goroutine, without a P because that was retaken, and main is ready. */
static bool main_waits_locked(void) {
    const struct g *g = hint_get(main_m.g);
    return !main_m.p && !main_m.idle && g && g != &main_g && main_m.mail.count;
}

static void look_at_main(int64_t now) {
    static int64_t since, cpu;
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    if (!main_waits_locked()) {
        since = now;
        cpu = thread_cpu_ns(&main_m);
        main_bind_locked();
    } else if (judge(&main_m, since, cpu, now) >= BLOCKED) {
        main_free_locked();
        p_start_idle_locked(&s); /* all others may be idle */
    }
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* -- the poller ---------------------------------------------------------------------------------------------------------- */

static bool poller_unsettled(void) {
    const struct poller *poller = __atomic_load_n(&sched.poller, __ATOMIC_ACQUIRE); /* pairs with poller_set */
    return poller && poller->unsettled && poller->unsettled(hint_get(sched.poller_m) != NULL);
}

/* Has the poller called by whoever passes the scheduler next, or sleeps in it, or else by an idle P. */
static void poller_settle(void) {
    struct start s = {0};
    if (!poller_unsettled()) return;
    if (!pace_seeded()) poller_notify(0); /* else who passes the scheduler looks by himself */
    os_mutex_lock(&sched.mutex);
    poller_fill_locked(&s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
}

/* -- the loop ------------------------------------------------------------------------------------------------------------ */

void monitor_wake_locked(void) {
    if (!sched.monitor_sleeps) return;
    sched.monitor_sleeps = false;
    __atomic_store_n(&sched.monitor_wake, 1, __ATOMIC_RELEASE); /* pairs with sleep_while_idle */
    futex_wake(&sched.monitor_wake, 1);
}

/* Nobody owns a P, and main does not wait for its thread: nothing to look at until somebody does. */
static void sleep_while_idle(void) {
    if (hint_get(sched.idle_p_count) < hint_get(sched.nprocs) || stacks_trim(true)) return;
    os_mutex_lock(&sched.mutex);
    if (sched.idle_p_count < sched.nprocs || main_waits_locked() || poller_unsettled()) {
        os_mutex_unlock(&sched.mutex);
        return;
    }
    asleep_check_locked();
    sched.monitor_sleeps = true;
    hint_set(sched.monitor_wake, 0);
    bool all_asleep_but_foreign = sched.idle_m_count == sched.ms;
    os_mutex_unlock(&sched.mutex);
    int64_t deadline = all_asleep_but_foreign ? clock_now() + RECHECK_NS : INT64_MAX;
    if (hook_tick() && deadline == INT64_MAX) deadline = clock_now() + RECHECK_NS / 4;
    if (!__atomic_load_n(&sched.monitor_wake, __ATOMIC_ACQUIRE)) futex_wait(&sched.monitor_wake, 0, deadline);
    os_mutex_lock(&sched.mutex);
    sched.monitor_sleeps = false;
    os_mutex_unlock(&sched.mutex);
}

static void *monitor_loop(void *unused) {
    (void)unused;
    for (unsigned tick = 1;; tick++) {
        nanosleep(&(struct timespec){.tv_nsec = TICK_NS}, NULL);
        int64_t now = clock_now();
        hint_set(sched.coarse_now, pace_now());
        hint_set(sched.monitor_ticks, tick);
        for (unsigned i = 0; i < procs_now(); i++) look_at(p_at(i), now);
        look_at_main(now);
        poller_settle();
        solo_tick();
        /* under a seed the watcher has looked by itself, at switch points, while somebody ran */
        bool away = hook_away();
        if (away || !pace_seeded() || hint_get(sched.idle_p_count) == hint_get(sched.nprocs)) hook_tick();
        if (tick % TRIM_TICKS == 0)
            for (int i = 0; i < TRIM_BATCHES && stacks_trim(i == 0); i++) {}
        sleep_while_idle();
    }
    return NULL;
}

/* Each of the two sets its own and then looks at the other's: seq_cst, so that one of them sees both. */
bool monitor_is_wanted(void) { return __atomic_load_n(&wanted, __ATOMIC_SEQ_CST); }

void monitor_want(void) {
    __atomic_store_n(&wanted, true, __ATOMIC_SEQ_CST);
    if (!hook_explores() || __atomic_load_n(&asked_for, __ATOMIC_SEQ_CST)) monitor_start();
}

/* From a handler, too, that has come while its thread was waiting in a call: what it may do here is what running_watch says. */
void running_watch(void) {
    if (likely(__atomic_load_n(&asked_for, __ATOMIC_RELAXED))) return;
    if (m_self != &nobody_m && m_self->inside) return;
    int saved = errno;
    bool held = running_hold();
    __atomic_store_n(&asked_for, true, __ATOMIC_SEQ_CST);
    if (monitor_is_wanted()) monitor_start();
    running_release(held);
    errno = saved;
}

void monitor_start(void) {
    if (__atomic_exchange_n(&started, true, __ATOMIC_ACQ_REL)) return;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &program_mask); /* signals are for the program's threads */
    unsigned watching = hook_own_threads();
    os_mutex_lock(&sched.mutex);
    sched.own_threads += 1 + watching;
    os_mutex_unlock(&sched.mutex);
    own_thread_make(monitor_loop, NULL);
    pthread_sigmask(SIG_SETMASK, &program_mask, NULL);
}
