/* The beginning and the end of the process, the poller's seat, and who is running.
 *
 * A constructor makes main goroutine 1, running, with the first P; it opens no file but those that tell the number of
 * processors and makes no thread. The rest (stacks, the scheduler's own context on main's thread, signal handlers,
 * barriers) waits for the first enter, which finds m->attention set; the monitor waits for the first goroutine.
 *
 * When main returns or exit is called the process ends, whatever other goroutines do meanwhile, as in Go. After a
 * fork the child has one thread and none of the others' state: any use of the runtime there is an error in words, unless
 * there was nothing but main yet. */
#include "runtime/barrier.h"
#include "runtime/crash.h"
#include "runtime/pace.h"
#include "runtime/proc.h"
#include "runtime/running.h"
#include "runtime/signal.h"
#include "runtime/wheel.h"

#include <stdlib.h>
#include <unistd.h>

struct sched sched = {.due = INT64_MAX, .next_id = 1};
struct m main_m = {.attention = ATTENTION};
struct g main_g = {.id = 1, .flags = G_BOUND, .state = G_RUNNING, .m = &main_m, .bound_m = &main_m};
static pid_t process;
static uint32_t started; /* 0 not begun, 1 going on, 2 done; release pairs with the acquire loads */

/* A timer that was a local variable of main's, or of a function that main called, is no more: the frames of exit() lie where
 * its frame was, or will. From here on nobody is to follow the wheel's lists through it. */
static void forget_dead_timers(void) {
    enum { FRAMES_OF_EXIT = 1024, LARGEST_STACK = 1 << 23 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    wheel_forget_if_within(here - LARGEST_STACK, here + FRAMES_OF_EXIT);
}

static void at_exit(void) {
    if (sched.forked || getpid() != process) return;
    if (m_self->g == &main_g && (main_g.deferred || sched.poller) && !m_self->inside) {
        struct g *g = enter_plainly();
        forget_dead_timers();
        deferred_run(g);
        runtime_leave(g);
    }
    hook_exit();
}

static void after_fork_in_parent(void) { signals_after_fork(false); }

/* In the child: was the parent, as far as we are concerned, main alone? No thread of ours, hence no goroutine, and no
 * other thread that has ever called in, hence no lock that somebody holds. */
static bool was_alone(void) {
    bool main_only = sched.own_threads == 1 && sched.all_ms == &main_m && !sched.mutex.word;
    return main_only && !monitor_is_wanted() && started != 1 && m_self == &main_m && !main_m.inside && !sched.forked;
}

static void after_fork_in_child(void) {
    if (was_alone()) {
        process = getpid();
        m_thread_init(&main_m, &main_g); /* the thread has another number and another clock */
        if (started) barrier_init();
    } else {
        sched.forked = true;
        m_self->attention = ATTENTION;
    }
    signals_after_fork(true);
}

void running_forked(void) {
    goro_assert(was_alone());
    process = getpid();
    m_thread_number(&main_m);
    if (started) barrier_init();
}

/* Maps what the first few will need. */
static void expect_goroutines(void) {
    runtime_start();
    runq_expect(&sched.ps[0]->runq);
    records_expect();
}

__attribute__((constructor)) static void runtime_construct(void) {
    process = getpid();
    sched.configured = procs_default();
    unsigned n = sched.limit && sched.limit < sched.configured ? sched.limit : sched.configured;
    for (unsigned i = 0; i < n; i++) sched.ps[i] = p_new(i);
    sched.nprocs = n;
    sched.ms = sched.own_threads = 1;
    main_m.g = &main_g;
    main_m.p = sched.ps[0];
    main_m.next = NULL;
    sched.all_ms = &main_m;
    sched.ps[0]->m = &main_m;
    sched.owners = 1;
    for (unsigned i = n; i-- > 1;) p_put_idle_locked(sched.ps[i]);
    m_thread_init(&main_m, &main_g);
    main_g.task = hook_task_main();
    hook_task_switch(main_g.task);
    atexit(at_exit);
    pthread_atfork(signals_before_fork, after_fork_in_parent, after_fork_in_child);
    if (hook_reporting()) crash_init_faults();
    if (hook_serves()) {
        expect_goroutines(); /* what each of them would do for itself is done once */
        hook_serve();
    }
}

static uintptr_t first_stack;
uintptr_t running_stacks(void) { return first_stack; }

/* Main's thread runs other goroutines too while main waits: its scheduler needs a stack that is not main's. */
static void main_scheduler_make(void) {
    struct stack *s = stack_get(&sched.ps[0]->stacks);
    first_stack = (uintptr_t)stack_top(s) - 1;
    context_make(&main_m.context, stack_top(s), context_root);
    fiber_scheduler_start(&main_m, s);
}

void runtime_start(void) {
    if (likely(__atomic_load_n(&started, __ATOMIC_ACQUIRE) == 2)) return;
    if (__atomic_exchange_n(&started, 1, __ATOMIC_ACQUIRE) == 0) {
        stacks_init();
        barrier_init();
        main_scheduler_make();
        hint_set(sched.coarse_now, pace_now());
        crash_init();
        __atomic_store_n(&started, 2, __ATOMIC_RELEASE);
        return;
    }
    while (__atomic_load_n(&started, __ATOMIC_ACQUIRE) != 2) usleep(10);
    __atomic_store_n(&started, 2, __ATOMIC_RELEASE);
}

bool runtime_started(void) { return __atomic_load_n(&started, __ATOMIC_ACQUIRE) == 2; }

/* -- poller -------------------------------------------------------------------------------------------------------------- */

void poller_set(const struct poller *poller) {
    hook_poller();
    monitor_want(); /* main may never wait: somebody must see that its processor is wanted */
    os_mutex_lock(&sched.mutex);
    __atomic_store_n(&sched.poller, poller, __ATOMIC_RELEASE); /* pairs with poll_if_due */
    os_mutex_unlock(&sched.mutex);
}

/* False: it was as early already. A signal may lower it at the same time. */
static bool lower_due_locked(int64_t when) {
    int64_t due = hint_get(sched.due);
    while (when < due)
        if (__atomic_compare_exchange_n(&sched.due, &due, when, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return true;
    return false;
}

void poller_notify(int64_t when) {
    struct m *sleeper = NULL;
    if (when >= hint_get(sched.due)) return;
    os_mutex_lock(&sched.mutex);
    if (lower_due_locked(when)) {
        sleeper = sched.poller_m;
        if (sleeper) __atomic_store_n(&sleeper->wake, 1, __ATOMIC_RELEASE);
    }
    os_mutex_unlock(&sched.mutex);
    if (!sleeper) return;
    if (sched.poller->wait) sched.poller->interrupt();
    else futex_wake(&sleeper->wake, 1);
}

/* Whoever is to take the seat sees the time; whoever has it is interrupted. Others, all busy, see it too. */
void poller_notify_from_signal(void) {
    __atomic_store_n(&sched.due, 0, __ATOMIC_SEQ_CST); /* pairs with poll_if_due: before it, or lowers it again */
    sched.poller->interrupt();
}

/* -- running.h -------------------------------------------------------------------------------------------------------------- */

void *running_task(void) {
    struct g *g = m_self->g;
    return g ? g->task : NULL;
}

uint64_t running_id(void) {
    struct g *g = m_self->g;
    return g ? g->id : 0;
}

void running_switch_point(void) {
    if (m_self->g == NULL || m_self->inside) return;
    struct g *g = enter_plainly();
    yield_now(g);
    runtime_leave(g);
}

/* As if it were inside: nobody takes the P of who is (monitor.c, retake). */
bool running_hold(void) {
    struct m *m = m_self;
    if (m == &nobody_m || m->inside) return false;
    hint_set(m->inside, 1);
    return true;
}

void running_release(bool held) {
    if (held) __atomic_store_n(&m_self->inside, 0, __ATOMIC_RELEASE); /* as runtime_leave */
}

void running_limit(unsigned n) {
    sched.limit = n;
    if (sched.nprocs == 0) return; /* before our constructor, which will see it */
    goro_assert(main_m.p && sched.own_threads == 1);
    unsigned wanted = n && n < sched.configured ? n : sched.configured;
    sched.idle_ps = NULL;
    sched.idle_p_count = 0;
    sched.nprocs = wanted;
    for (unsigned i = wanted; i-- > 1;) {
        if (!sched.ps[i]) sched.ps[i] = p_new(i);
        p_put_idle_locked(sched.ps[i]);
    }
}
