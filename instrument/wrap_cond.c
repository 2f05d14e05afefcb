/* Condition variables, barriers, once and semaphores. See wrap_pthread.c.
 *
 * A condition variable: a signal orders what its sender did before what the woken waiter does, besides the mutex. A wait
 * that times out learns nothing. Known limit: a signal that nobody was waiting for is remembered, so that a later,
 * spuriously or otherwise woken waiter is ordered behind it.
 *
 * Not compiled with -fexceptions: its personality routine's hidden reference, made local in our archive, would be missing
 * in libc.a's own files when a static-pie is linked. */
#include "instrument/wrap.h"

#include <errno.h>
#include <time.h>

#define SEES(pc)                                                                                                       \
    uintptr_t pc = FRONT_HERE;                                                                                         \
    bool sees = wrap_sees_sync(pc)

static struct det_sync *clock_of(const volatile void *p, unsigned which) { return det_sync_at((uintptr_t)p + which); }
static void acquire(const volatile void *p, unsigned which, enum finding_object kind, uintptr_t pc) {
    told_acquire(front_task(), clock_of(p, which), kind, (uintptr_t)p, pc);
}
static void merge(const volatile void *p, unsigned which, enum finding_object kind, uintptr_t pc) {
    told_merge(front_task(), clock_of(p, which), kind, (uintptr_t)p, pc);
}

/* -- condition variable ------------------------------------------------------------------------------------------------------ */

struct wait {
    pthread_mutex_t *m;
    uintptr_t pc;
};

static void before_wait(struct wait *w) {
    told_lock_dropped(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)w->m, 0, w->pc);
}
/* Also when the thread is cancelled while it waits: its clean-up handlers run with the mutex held. */
static void have_mutex_again(void *arg) {
    struct wait *w = arg;
    told_wake(front_task());
    told_lock_taken(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)w->m, 0, w->pc);
}

#define WAIT(untimed, name, ...)                                                                                       \
    SEES(here);                                                                                                        \
    struct wait w = {m, here};                                                                                         \
    int e;                                                                                                             \
    if (!sees) return REAL(name)(__VA_ARGS__);                                                                         \
    wrap_uses(here, c);                                                                                                \
    before_wait(&w);                                                                                                   \
    if (untimed) told_block(front_task(), FINDING_PTHREAD_COND, (uintptr_t)c, here);                                   \
    pthread_cleanup_push(have_mutex_again, &w);                                                                        \
    e = AWAY(here, REAL(name)(__VA_ARGS__));                                                                           \
    if (e == 0) acquire(c, 0, FINDING_PTHREAD_COND, here); /* the signal came before the mutex was taken again */      \
    pthread_cleanup_pop(1);                                                                                            \
    return e

int WRAP(pthread_cond_wait)(pthread_cond_t *c, pthread_mutex_t *m) { WAIT(true, pthread_cond_wait, c, m); }
int WRAP(pthread_cond_timedwait)(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until) {
    WAIT(false, pthread_cond_timedwait, c, m, until);
}
int WRAP(pthread_cond_clockwait)(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *until) {
    WAIT(false, pthread_cond_clockwait, c, m, clock, until);
}
static void tell_waiters(pthread_cond_t *c, uintptr_t pc) {
    wrap_uses(pc, c);
    merge(c, 0, FINDING_PTHREAD_COND, pc);
}
int WRAP(pthread_cond_signal)(pthread_cond_t *c) {
    SEES(pc);
    if (sees) tell_waiters(c, pc);
    return REAL(pthread_cond_signal)(c);
}
int WRAP(pthread_cond_broadcast)(pthread_cond_t *c) {
    SEES(pc);
    if (sees) tell_waiters(c, pc);
    return REAL(pthread_cond_broadcast)(c);
}
int WRAP(pthread_cond_init)(pthread_cond_t *c, const pthread_condattr_t *attr) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, c, sizeof *c);
    return REAL(pthread_cond_init)(c, attr);
}
int WRAP(pthread_cond_destroy)(pthread_cond_t *c) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, c, sizeof *c);
    return REAL(pthread_cond_destroy)(c);
}

/* -- barrier: rounds alternate between two clocks, so that who is early in the next round orders nobody in this one ------ */

enum { BARRIERS_MAX = 256 };
static struct barrier {
    const pthread_barrier_t *at; /* NULL: free */
    uint32_t threads, arrivals;
} barriers[BARRIERS_MAX];
static uint32_t barriers_lock;

static struct barrier *barrier_of(const pthread_barrier_t *b) {
    for (unsigned i = 0; i < BARRIERS_MAX; i++)
        if (__atomic_load_n(&barriers[i].at, __ATOMIC_ACQUIRE) == b)
            return &barriers[i]; /* pairs with the store below */
    return NULL;
}

int WRAP(pthread_barrier_init)(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned threads) {
    SEES(pc);
    if (sees) {
        if (front_is_instrumented(pc)) wrap_writes(pc, b, sizeof *b);
        while (__atomic_exchange_n(&barriers_lock, 1, __ATOMIC_ACQUIRE)) continue;
        struct barrier *known = barrier_of(b);
        if (!known) known = barrier_of(NULL);
        if (known) {
            known->threads = threads;
            known->arrivals = 0;
            __atomic_store_n(&known->at, b, __ATOMIC_RELEASE);
        }
        __atomic_store_n(&barriers_lock, 0, __ATOMIC_RELEASE);
    }
    return REAL(pthread_barrier_init)(b, attr, threads);
}
int WRAP(pthread_barrier_destroy)(pthread_barrier_t *b) {
    SEES(pc);
    struct barrier *known = sees ? barrier_of(b) : NULL;
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, b, sizeof *b);
    if (known) __atomic_store_n(&known->at, NULL, __ATOMIC_RELEASE);
    return REAL(pthread_barrier_destroy)(b);
}
int WRAP(pthread_barrier_wait)(pthread_barrier_t *b) {
    SEES(pc);
    if (!sees) return REAL(pthread_barrier_wait)(b);
    wrap_uses(pc, b);
    struct barrier *known = barrier_of(b);
    unsigned which = 0;
    if (known && known->threads) which = __atomic_fetch_add(&known->arrivals, 1, __ATOMIC_RELAXED) / known->threads & 1;
    merge(b, which, FINDING_PTHREAD_BARRIER, pc);
    int e;
    WRAP_BLOCKED(e, REAL(pthread_barrier_wait)(b), FINDING_PTHREAD_BARRIER, b, pc);
    if (e == 0 || e == PTHREAD_BARRIER_SERIAL_THREAD) acquire(b, which, FINDING_PTHREAD_BARRIER, pc);
    return e;
}

/* -- once ---------------------------------------------------------------------------------------------------------------------- */

struct once {
    pthread_once_t *control;
    void (*fn)(void);
    uintptr_t pc;
    struct once *outer;
};
static __thread struct once *once_running __attribute__((tls_model("initial-exec")));

static void run_once(void) {
    struct once *o = once_running;
    o->fn();
    once_running = o;
    merge(o->control, 0, FINDING_ONCE, o->pc);
}

int wrap_once(pthread_once_t *control, void (*fn)(void), uintptr_t pc) {
    if (!wrap_sees_sync(pc)) return REAL(pthread_once)(control, fn);
    struct once o = {control, fn, pc, once_running};
    once_running = &o;
    int e = REAL(pthread_once)(control, run_once);
    once_running = o.outer;
    if (e == 0) acquire(control, 0, FINDING_ONCE, pc);
    return e;
}
int WRAP(pthread_once)(pthread_once_t *control, void (*fn)(void)) { return wrap_once(control, fn, FRONT_HERE); }

/* -- semaphore --------------------------------------------------------------------------------------------------------------- */

#define DOWN(name, ...)                                                                                                \
    SEES(pc);                                                                                                          \
    if (sees) wrap_uses(pc, s);                                                                                        \
    int e = REAL(name)(__VA_ARGS__);                                                                                   \
    if (e == 0 && sees) acquire(s, 0, FINDING_POSIX_SEM, pc);                                                          \
    return e

int WRAP(sem_init)(sem_t *s, int shared, unsigned value) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, s, sizeof *s);
    return REAL(sem_init)(s, shared, value);
}
int WRAP(sem_destroy)(sem_t *s) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, s, sizeof *s);
    return REAL(sem_destroy)(s);
}
int WRAP(sem_post)(sem_t *s) {
    SEES(pc);
    if (sees) {
        wrap_uses(pc, s);
        merge(s, 0, FINDING_POSIX_SEM, pc);
    }
    return REAL(sem_post)(s);
}
int WRAP(sem_wait)(sem_t *s) {
    SEES(pc);
    if (!sees) return REAL(sem_wait)(s);
    wrap_uses(pc, s);
    int e;
    WRAP_BLOCKED(e, REAL(sem_wait)(s), FINDING_POSIX_SEM, s, pc);
    if (e == 0) acquire(s, 0, FINDING_POSIX_SEM, pc);
    return e;
}
int WRAP(sem_trywait)(sem_t *s) { DOWN(sem_trywait, s); }
int WRAP(sem_timedwait)(sem_t *s, const struct timespec *until) { DOWN(sem_timedwait, s, until); }
int WRAP(sem_clockwait)(sem_t *s, clockid_t clock, const struct timespec *until) {
    DOWN(sem_clockwait, s, clock, until);
}

void wrap_wake(void *unused) {
    (void)unused;
    told_wake(front_task());
}
