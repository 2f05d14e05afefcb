/* The slow path of entering the runtime, goroutines that are locked to their thread, and foreign threads.
 *
 * A goroutine that is locked to its thread waits on its own stack: nobody else ever runs on that thread, so there is
 * nothing to switch to. It gives its P away, sleeps, and is woken with its own record as mail and with a P.
 *
 * Threads: everything here is called by the thread concerned. */
#include "runtime/base/fmt.h"
#include "runtime/proc.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* -- waiting on one's own thread ------------------------------------------------------------------------------------- */

/* With sched.mutex: the mail is there, and a P with it or to be had. */
static bool may_run_locked(struct m *m, struct g *g) {
    attention_pay_locked(m);
    struct g *mail = g_list_pop(&m->mail);
    if (!mail) return false;
    goro_assert(mail == g);
    if (m->p) return true;
    struct p *p = p_take_idle_locked();
    if (p) {
        p_own_locked(m, p);
        return true;
    }
    g_list_push(&sched.global, g);
    return false;
}

/* Not beside one who is alone inside: waits until he knows. The P may be lost meanwhile. */
static void pass_gate(struct m *m) {
    while (m->p && m->gated && !solo_pass(m)) {
        os_mutex_lock(&sched.mutex);
        attention_pay_locked(m);
        os_mutex_unlock(&sched.mutex);
    }
}

/* With sched.mutex, which it releases: sleeps until g may run. The watcher finds the goroutine's registers above the saved
 * sp, as if it had been switched away. */
static GORO_NOINLINE void wait_turn_unlock(struct m *m, struct g *g) {
    hint_set(g->context.sp, context_spill()); /* ring_prefetch may look */
    while (!may_run_locked(m, g)) {
        struct start s = {0};
        if (m->p) p_release_locked(m, &s);
        m_idle_locked(m);
        poller_fill_locked(&s); /* this thread cannot: it sleeps for its own goroutine only */
        asleep_check_locked();
        hint_set(m->g, NULL);
        hook_task_switch(NULL);
        os_mutex_unlock(&sched.mutex);
        start_now(&s);
        m_sleep(m);
        os_mutex_lock(&sched.mutex);
    }
    hint_set(m->g, g);
    g->state = G_RUNNING;
    os_mutex_unlock(&sched.mutex);
    hook_task_switch(g->task);
    pass_gate(m);
    if (!m->p) locked_wait(g);
}

void locked_park(struct g *g, struct lock *lock) {
    if (lock) lock_drop(lock); /* from here on a waker may have sent us our mail */
    os_mutex_lock(&sched.mutex);
    wait_turn_unlock(g->m, g);
}

void locked_wait(struct g *g) {
    struct m *m = g->m;
    os_mutex_lock(&sched.mutex);
    struct p *p = m->p ? NULL : p_take_idle_locked();
    if (p) {
        p_own_locked(m, p);
        os_mutex_unlock(&sched.mutex);
        pass_gate(m);
        if (!m->p) locked_wait(g);
        return;
    }
    g->state = G_QUEUED;
    /* Behind those who wait for the same P: whoever takes that looks at the global queue first, and found us ever again. */
    if (m->p) runq_put_last(&m->p->runq, g);
    else g_list_push(&sched.global, g);
    wait_turn_unlock(m, g);
}

/* -- foreign threads --------------------------------------------------------------------------------------------------- */

static pthread_key_t foreign_key;
static pthread_once_t foreign_once = PTHREAD_ONCE_INIT;
static struct m *foreign_free; /* sched.mutex */

static void foreign_detach(void *arg) {
    struct m *m = arg;
    m_self = &nobody_m;
    if (m->foreign_g.name) cell_put(m->foreign_g.name);
    m->foreign_g.state = G_FREE;
    os_mutex_lock(&sched.mutex);
    m->next_idle = foreign_free;
    foreign_free = m;
    os_mutex_unlock(&sched.mutex);
}

static void foreign_key_make(void) {
    int e = pthread_key_create(&foreign_key, foreign_detach);
    if (e) environment_error("pthread_key_create", "no key for the threads that call in", e);
}

static struct m *foreign_m(void) {
    os_mutex_lock(&sched.mutex);
    struct m *m = foreign_free;
    if (m) foreign_free = m->next_idle;
    os_mutex_unlock(&sched.mutex);
    if (m) return m;
    m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED) environment_error("mmap", "no memory for a thread's record", errno);
    os_mutex_lock(&sched.mutex);
    m_register_locked(m);
    os_mutex_unlock(&sched.mutex);
    return m;
}

static struct m *foreign_attach(void) {
    pthread_once(&foreign_once, foreign_key_make);
    struct m *m = foreign_m();
    struct g *g = &m->foreign_g;
    m->foreign = m->exclusive = true;
    m->attention = ATTENTION;
    m_thread_init(m, g);
    *g = (struct g){.flags = G_BOUND | G_LOCKED | G_FOREIGN,
                    .m = m,
                    .bound_m = m,
                    .fiber = g->fiber,
                    .thread_stack = g->thread_stack,
                    .thread_stack_bytes = g->thread_stack_bytes};
    os_mutex_lock(&sched.mutex);
    g->id = ++sched.next_id;
    os_mutex_unlock(&sched.mutex);
    g->task = hook_task_thread();
    g->state = G_RUNNING;
    m->g = g;
    int e = pthread_setspecific(foreign_key, m);
    if (e) environment_error("pthread_setspecific", "no memory to see a thread end", e);
    monitor_start(); /* whoever has the only processor may be in a call that waits for this thread */
    return m;
}

void leave_foreign(struct g *g) {
    struct m *m = g->m;
    struct start s = {0};
    os_mutex_lock(&sched.mutex);
    p_release_locked(m, &s);
    sched.ms--;
    hint_set(m->attention, ATTENTION);
    os_mutex_unlock(&sched.mutex);
    __atomic_store_n(&m->inside, 0, __ATOMIC_RELEASE);
    start_now(&s);
}

/* -- entering -------------------------------------------------------------------------------------------------------------- */

static GORO_COLD void forked_error(void) {
    fmt_fd(2, "goro: this is a child of fork(), and goroutines ran before: it may only call exec or _exit (fork first, "
              "or see posix_spawn)\n");
    _exit(GORO_EXIT_PANIC);
}

struct g *enter_slow(struct m *m) {
    if (unlikely(sched.forked)) forked_error();
    runtime_start();
    if (m == &nobody_m) m = foreign_attach();
    struct g *g = m->g;
    struct start s = {0};
    __atomic_store_n(&m->inside, 1, __ATOMIC_SEQ_CST);
    os_mutex_lock(&sched.mutex);
    if (m->foreign) sched.ms++;
    attention_pay_locked(m);
    bool yield = m->yield_asked;
    m->yield_asked = false;
    struct p *p = m->p ? NULL : p_take_idle_locked();
    if (p) p_own_locked(m, p);
    if (m->p && hint_get(sched.hungry) && runq_in_line(&m->p->runq)) work_share_locked(m->p, &s);
    os_mutex_unlock(&sched.mutex);
    start_now(&s);
    pass_gate(m);
    if (!m->p) g_requeue(g);
    else if (yield) yield_now(g);
    return g;
}

/* -- thread locking ------------------------------------------------------------------------------------------------------------ */

void thread_lock(struct g *g) {
    if (g->thread_locks++ > 0 || (hint_get(g->flags) & G_FOREIGN)) return;
    os_mutex_lock(&sched.mutex);
    struct m *m = g->m;
    if (m == &main_m && g != &main_g) hint_set(main_g.flags, (uint8_t)(main_g.flags & ~G_BOUND)); /* it gives way until the unlock */
    struct g *evicted;
    while ((evicted = g_list_pop(&m->mail))) g_list_push(&sched.global, evicted);
    m->exclusive = true;
    g->bound_m = m;
    g->flags |= G_BOUND | G_LOCKED;
    os_mutex_unlock(&sched.mutex);
}

void thread_unlock(struct g *g) {
    if (g->thread_locks == 0 || --g->thread_locks > 0 || (hint_get(g->flags) & G_FOREIGN)) return;
    os_mutex_lock(&sched.mutex);
    g->m->exclusive = false;
    g->flags &= (uint8_t) ~(g == &main_g ? G_LOCKED : G_BOUND | G_LOCKED);
    if (g == &main_g) g->bound_m = &main_m; /* it may have locked another, roaming */
    /* Not when another thread is let go: main's may still be held. */
    if (g->m == &main_m) hint_set(main_g.flags, (uint8_t)(main_g.flags | G_BOUND));
    os_mutex_unlock(&sched.mutex);
}
