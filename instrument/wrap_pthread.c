/* POSIX threads and semaphores: the edges that POSIX gives them (docs/happens-before, "threads").
 *
 * An object's clock is that of its address; where an object has two (readers and writers, a barrier's rounds), the next
 * byte's address has the other. A call from goro's own code is the runtime at work and orders nothing of the user's. */
#include "instrument/threads.h"
#include "instrument/wrap.h"

#include <errno.h>
#include <time.h>

#define SEES(pc) uintptr_t pc = FRONT_HERE; bool sees = wrap_sees_sync(pc)

static struct det_sync *clock_of(const volatile void *p, unsigned which) {
    return det_sync_at((uintptr_t)p + which);
}
static void acquire(const volatile void *p, unsigned which) { det_acquire(front_task(), clock_of(p, which)); }
static void merge(const volatile void *p, unsigned which) { det_merge(front_task(), clock_of(p, which)); }

/* -- threads --------------------------------------------------------------------------------------------------------- */

static int create_own(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg) {
    struct thread_own_start *s = REAL(malloc)(sizeof *s);
    if (!s) return EAGAIN;
    *s = (struct thread_own_start){fn, arg};
    int e = REAL(pthread_create)(out, attr, thread_run_own, s);
    if (e) REAL(free)(s);
    return e;
}

int WRAP(pthread_create)(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg) {
    SEES(pc);
    if (!sees) return front_ready ? create_own(out, attr, fn, arg) : REAL(pthread_create)(out, attr, fn, arg);
    int state = PTHREAD_CREATE_JOINABLE;
    pthread_t handle;
    if (attr) pthread_attr_getdetachstate(attr, &state);
    struct thread *t = thread_new(fn, arg, (uintptr_t)fn, state == PTHREAD_CREATE_DETACHED, pc);
    if (!t) return EAGAIN;
    int e = REAL(pthread_create)(&handle, attr, thread_run, t);
    if (e) {
        thread_drop(t);
        return e;
    }
    if (front_is_instrumented(pc)) wrap_writes(pc, out, sizeof *out);
    *out = handle;
    /* A detached thread enters itself only: it may be gone by now, and its record with it. */
    if (state != PTHREAD_CREATE_DETACHED) thread_created(t, handle);
    return 0;
}

#define JOIN(name, ...)                                                                                          \
    if (!wrap_sees_sync(FRONT_HERE)) return REAL(name)(__VA_ARGS__);                                             \
    struct thread *t = thread_find(handle);                                                                      \
    int e = REAL(name)(__VA_ARGS__);                                                                             \
    if (e == 0) thread_joined(t, handle);                                                                        \
    return e

int WRAP(pthread_join)(pthread_t handle, void **result) { JOIN(pthread_join, handle, result); }
int WRAP(pthread_tryjoin_np)(pthread_t handle, void **result) { JOIN(pthread_tryjoin_np, handle, result); }
int WRAP(pthread_timedjoin_np)(pthread_t handle, void **result, const struct timespec *until) {
    JOIN(pthread_timedjoin_np, handle, result, until);
}
int WRAP(pthread_detach)(pthread_t handle) {
    if (wrap_sees_sync(FRONT_HERE)) thread_detached(handle);
    return REAL(pthread_detach)(handle);
}

/* -- mutex -------------------------------------------------------------------------------------------------------------- */

static void mutex_taken(pthread_mutex_t *m, int e, uintptr_t pc) {
    if (e != 0 && e != EOWNERDEAD) return;
    acquire(m, 0);
    det_lock_taken(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)m, false, pc);
}
static void mutex_dropped(pthread_mutex_t *m) {
    det_lock_dropped(front_task(), (uintptr_t)m, false);
    merge(m, 0);
}

int WRAP(pthread_mutex_init)(pthread_mutex_t *m, const pthread_mutexattr_t *attr) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, m, sizeof *m);
    return REAL(pthread_mutex_init)(m, attr);
}
int WRAP(pthread_mutex_destroy)(pthread_mutex_t *m) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, m, sizeof *m);
    return REAL(pthread_mutex_destroy)(m);
}

#define LOCK(name, taken, ...)                                                                                   \
    SEES(pc);                                                                                                    \
    int e = REAL(name)(__VA_ARGS__);                                                                             \
    if (sees) taken;                                                                                             \
    return e

int WRAP(pthread_mutex_lock)(pthread_mutex_t *m) { LOCK(pthread_mutex_lock, mutex_taken(m, e, pc), m); }
int WRAP(pthread_mutex_trylock)(pthread_mutex_t *m) { LOCK(pthread_mutex_trylock, mutex_taken(m, e, pc), m); }
int WRAP(pthread_mutex_timedlock)(pthread_mutex_t *m, const struct timespec *until) {
    LOCK(pthread_mutex_timedlock, mutex_taken(m, e, pc), m, until);
}
int WRAP(pthread_mutex_clocklock)(pthread_mutex_t *m, clockid_t clock, const struct timespec *until) {
    LOCK(pthread_mutex_clocklock, mutex_taken(m, e, pc), m, clock, until);
}
int WRAP(pthread_mutex_unlock)(pthread_mutex_t *m) {
    if (wrap_sees_sync(FRONT_HERE)) mutex_dropped(m);
    return REAL(pthread_mutex_unlock)(m);
}

/* -- read-write lock: clock 0 is the writers', 1 the readers' ------------------------------------------------------------- */

static void reader_in(pthread_rwlock_t *l, int e, uintptr_t pc) {
    if (e) return;
    acquire(l, 0);
    det_lock_taken(front_task(), FINDING_PTHREAD_RWLOCK, (uintptr_t)l, true, pc);
}
static void writer_in(pthread_rwlock_t *l, int e, uintptr_t pc) {
    if (e) return;
    acquire(l, 0);
    acquire(l, 1);
    det_lock_taken(front_task(), FINDING_PTHREAD_RWLOCK, (uintptr_t)l, false, pc);
}

int WRAP(pthread_rwlock_init)(pthread_rwlock_t *l, const pthread_rwlockattr_t *attr) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, l, sizeof *l);
    return REAL(pthread_rwlock_init)(l, attr);
}
int WRAP(pthread_rwlock_destroy)(pthread_rwlock_t *l) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, l, sizeof *l);
    return REAL(pthread_rwlock_destroy)(l);
}
int WRAP(pthread_rwlock_rdlock)(pthread_rwlock_t *l) { LOCK(pthread_rwlock_rdlock, reader_in(l, e, pc), l); }
int WRAP(pthread_rwlock_tryrdlock)(pthread_rwlock_t *l) { LOCK(pthread_rwlock_tryrdlock, reader_in(l, e, pc), l); }
int WRAP(pthread_rwlock_timedrdlock)(pthread_rwlock_t *l, const struct timespec *until) {
    LOCK(pthread_rwlock_timedrdlock, reader_in(l, e, pc), l, until);
}
int WRAP(pthread_rwlock_wrlock)(pthread_rwlock_t *l) { LOCK(pthread_rwlock_wrlock, writer_in(l, e, pc), l); }
int WRAP(pthread_rwlock_trywrlock)(pthread_rwlock_t *l) { LOCK(pthread_rwlock_trywrlock, writer_in(l, e, pc), l); }
int WRAP(pthread_rwlock_timedwrlock)(pthread_rwlock_t *l, const struct timespec *until) {
    LOCK(pthread_rwlock_timedwrlock, writer_in(l, e, pc), l, until);
}

/* Whether it is a reader's or the writer's unlock only the lock itself knows: glibc keeps the writer's thread id. */
int WRAP(pthread_rwlock_unlock)(pthread_rwlock_t *l) {
    if (wrap_sees_sync(FRONT_HERE)) {
        bool writer = __atomic_load_n(&l->__data.__cur_writer, __ATOMIC_RELAXED) == gettid();
        det_lock_dropped(front_task(), (uintptr_t)l, !writer);
        if (writer) det_release(front_task(), clock_of(l, 0));
        else merge(l, 1);
    }
    return REAL(pthread_rwlock_unlock)(l);
}

/* -- spin lock ---------------------------------------------------------------------------------------------------------------- */

static void spin_taken(pthread_spinlock_t *l, int e, uintptr_t pc) {
    if (e) return;
    acquire(l, 0);
    det_lock_taken(front_task(), FINDING_PTHREAD_SPIN, (uintptr_t)l, false, pc);
}
int WRAP(pthread_spin_init)(pthread_spinlock_t *l, int shared) {
    SEES(pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, (void *)l, sizeof *l);
    return REAL(pthread_spin_init)(l, shared);
}
int WRAP(pthread_spin_lock)(pthread_spinlock_t *l) { LOCK(pthread_spin_lock, spin_taken(l, e, pc), l); }
int WRAP(pthread_spin_trylock)(pthread_spinlock_t *l) { LOCK(pthread_spin_trylock, spin_taken(l, e, pc), l); }
int WRAP(pthread_spin_unlock)(pthread_spinlock_t *l) {
    if (wrap_sees_sync(FRONT_HERE)) {
        det_lock_dropped(front_task(), (uintptr_t)l, false);
        merge(l, 0);
    }
    return REAL(pthread_spin_unlock)(l);
}
