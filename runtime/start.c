/* The beginning and the end of the process, the poller's seat, and who is running.
 *
 * A constructor makes main goroutine 1, running, with the first P; it opens no file but those that tell the number of
 * processors and makes no thread. The rest (stacks, the scheduler's own context on main's thread, signal handlers,
 * barriers) waits for the first enter, which finds m->attention set; the monitor waits for the first goroutine.
 *
 * When main returns or exit is called the process ends, whatever other goroutines do meanwhile, as in Go. After a
 * fork the child has one thread and none of the others' state: any use of the runtime there is an error in words. */
#include "runtime/barrier.h"
#include "runtime/proc.h"
#include "runtime/running.h"

#include <stdlib.h>
#include <unistd.h>

struct sched sched = {.due = INT64_MAX, .next_id = 1};
struct m main_m = {.attention = 1};
struct g main_g = {.id = 1,
                   .flags = G_STARTED | G_BOUND,
                   .state = G_RUNNING,
                   .m = &main_m,
                   .bound_m = &main_m};
static pid_t process;

static void at_exit(void) {
    if (sched.forked || getpid() != process) return;
    if (m_self->g == &main_g && main_g.deferred) {
        struct g *g = runtime_enter();
        deferred_run(g);
        runtime_leave(g);
    }
    hook_exit();
}

static void after_fork_in_child(void) {
    sched.forked = true;
    m_self->attention = 1;
}

__attribute__((constructor)) static void runtime_construct(void) {
    process = getpid();
    sched.configured = procs_default();
    unsigned n = sched.limit && sched.limit < sched.configured ? sched.limit : sched.configured;
    for (unsigned i = 0; i < n; i++) sched.ps[i] = p_new(i);
    sched.nprocs = n;
    atomic_multi = n > 1;
    sched.ms = sched.own_threads = 1;
    main_m.g = &main_g;
    main_m.p = sched.ps[0];
    main_m.next = NULL;
    sched.all_ms = &main_m;
    sched.ps[0]->m = &main_m;
    for (unsigned i = n; i-- > 1;) p_put_idle_locked(sched.ps[i]);
    m_thread_init(&main_m, &main_g);
    main_g.task = hook_task_main();
    hook_task_switch(main_g.task);
    atexit(at_exit);
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

/* Main's thread runs other goroutines too while main waits: its scheduler needs a stack that is not main's. */
static void main_scheduler_make(void) {
    struct stack *s = stack_get(sched.ps[0]);
    context_make(&main_m.context, stack_top(s));
    fiber_scheduler_start(&main_m, s);
}

void runtime_start(void) {
    static uint32_t state; /* 0 not begun, 1 going on, 2 done; release pairs with the acquire loads */
    if (likely(__atomic_load_n(&state, __ATOMIC_ACQUIRE) == 2)) return;
    if (__atomic_exchange_n(&state, 1, __ATOMIC_ACQUIRE) == 0) {
        stacks_init();
        barrier_init();
        main_scheduler_make();
        overflow_init();
        __atomic_store_n(&state, 2, __ATOMIC_RELEASE);
        return;
    }
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != 2) usleep(10);
    __atomic_store_n(&state, 2, __ATOMIC_RELEASE);
}

/* -- poller -------------------------------------------------------------------------------------------------------------- */

void poller_set(const struct poller *poller) {
    os_mutex_lock(&sched.mutex);
    __atomic_store_n(&sched.poller, poller, __ATOMIC_RELEASE); /* pairs with poll_if_due */
    os_mutex_unlock(&sched.mutex);
}

void poller_notify(int64_t when) {
    struct m *sleeper = NULL;
    if (when >= hint_get(sched.due)) return;
    os_mutex_lock(&sched.mutex);
    if (when < hint_get(sched.due)) {
        hint_set(sched.due, when);
        sleeper = sched.poller_m;
        if (sleeper) __atomic_store_n(&sleeper->wake, 1, __ATOMIC_RELEASE);
    }
    os_mutex_unlock(&sched.mutex);
    if (!sleeper) return;
    if (sched.poller->wait) sched.poller->interrupt();
    else futex_wake(&sleeper->wake, 1);
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
    struct g *g = runtime_enter();
    yield_now(g);
    runtime_leave(g);
}

void running_limit(unsigned n) {
    sched.limit = n;
    if (sched.nprocs == 0) return; /* before our constructor, which will see it */
    goro_assert(main_m.p && sched.own_threads == 1);
    unsigned wanted = n && n < sched.configured ? n : sched.configured;
    sched.idle_ps = NULL;
    sched.idle_p_count = 0;
    sched.nprocs = wanted;
    atomic_multi = wanted > 1;
    for (unsigned i = wanted; i-- > 1;) {
        if (!sched.ps[i]) sched.ps[i] = p_new(i);
        p_put_idle_locked(sched.ps[i]);
    }
}
