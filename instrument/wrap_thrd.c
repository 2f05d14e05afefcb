/* The threads of C11: in glibc they are POSIX threads by another name, so they have the same edges. */
#include "instrument/frames.h"
#include "instrument/picture.h"
#include "instrument/standstill.h"
#include "instrument/threads.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#define SEES(pc)                                                                                                       \
    uintptr_t pc = FRONT_HERE;                                                                                         \
    bool sees = wrap_sees_sync(pc)

static void woken(const cnd_t *c, uintptr_t pc) {
    told_acquire(front_task(), det_sync_at((uintptr_t)c), FINDING_PTHREAD_COND, (uintptr_t)c, pc);
}
static void signals(const cnd_t *c, uintptr_t pc) {
    told_merge(front_task(), det_sync_at((uintptr_t)c), FINDING_PTHREAD_COND, (uintptr_t)c, pc);
}

struct start {
    thrd_start_t fn;
    void *arg;
};

static void *run_start(void *arg) {
    struct start s = *(struct start *)arg;
    REAL(free)(arg);
    return (void *)(intptr_t)s.fn(s.arg);
}

int WRAP(thrd_create)(thrd_t *out, thrd_start_t fn, void *arg) {
    SEES(pc);
    running_watch();
    if (!sees) return REAL(thrd_create)(out, fn, arg);
    standstill_threads_begin();
    picture_watch();
    struct start *s = REAL(malloc)(sizeof *s);
    struct thread *t = s ? thread_new(run_start, s, (uintptr_t)fn, false, pc) : NULL;
    pthread_t handle;
    if (!t) {
        REAL(free)(s);
        return thrd_nomem;
    }
    *s = (struct start){fn, arg};
    frames_given(front_task(), (uint64_t[]){(uintptr_t)arg}, 1);
    if (REAL(pthread_create)(&handle, NULL, thread_run, t) != 0) {
        REAL(free)(s);
        thread_drop(t);
        return thrd_error;
    }
    if (front_is_instrumented(pc)) wrap_writes(pc, out, sizeof *out);
    *out = handle;
    thread_created(t, handle);
    return thrd_success;
}

int WRAP(thrd_join)(thrd_t handle, int *result) {
    SEES(pc);
    if (!sees) return REAL(thrd_join)(handle, result);
    struct thread *t = thread_find(handle);
    int e;
    WRAP_BLOCKED(e, REAL(thrd_join)(handle, result), FINDING_PTHREAD, handle, pc);
    if (e == thrd_success) thread_joined(t, handle, pc);
    return e;
}
int WRAP(thrd_detach)(thrd_t handle) {
    if (wrap_sees_sync(FRONT_HERE)) thread_detached(handle);
    return REAL(thrd_detach)(handle);
}

/* -- locks ---------------------------------------------------------------------------------------------------------- */

static int taken(mtx_t *m, int e, unsigned tried, bool sees, uintptr_t pc) {
    if (e != thrd_success || !sees) return e;
    told_lock_taken(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)m, tried, pc);
    return e;
}
static void dropped(mtx_t *m, uintptr_t pc) { wrap_mutex_dropped((pthread_mutex_t *)m, pc); }
int WRAP(mtx_init)(mtx_t *m, int type) {
    SEES(pc);
    if (sees) det_lock_new((uintptr_t)m, sizeof *m);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, m, sizeof *m);
    return REAL(mtx_init)(m, type);
}
int WRAP(mtx_lock)(mtx_t *m) {
    SEES(pc);
    if (!sees) return REAL(mtx_lock)(m);
    return taken(m, wrap_mutex_lock((pthread_mutex_t *)m, pc) ? thrd_error : thrd_success, 0, true, pc);
}
void WRAP(mtx_destroy)(mtx_t *m) {
    SEES(pc);
    if (sees) det_lock_destroyed(front_task(), (uintptr_t)m, sizeof *m, pc);
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, m, sizeof *m);
    REAL(mtx_destroy)(m);
}
int WRAP(mtx_trylock)(mtx_t *m) {
    SEES(pc);
    if (sees) wrap_uses(pc, m);
    return taken(m, REAL(mtx_trylock)(m), DET_LOCK_TRIED, sees, pc);
}
int WRAP(mtx_timedlock)(mtx_t *m, const struct timespec *until) {
    SEES(pc);
    if (sees) wrap_uses(pc, m);
    return taken(m, REAL(mtx_timedlock)(m, until), DET_LOCK_TRIED, sees, pc);
}
int WRAP(mtx_unlock)(mtx_t *m) {
    SEES(pc);
    if (sees) dropped(m, pc);
    return REAL(mtx_unlock)(m);
}

#define WAIT(untimed, name, ...)                                                                                       \
    SEES(pc);                                                                                                          \
    if (!sees) return REAL(name)(__VA_ARGS__);                                                                         \
    dropped(m, pc);                                                                                                    \
    if (untimed) told_block(front_task(), FINDING_PTHREAD_COND, (uintptr_t)c, pc);                                     \
    int e = REAL(name)(__VA_ARGS__);                                                                                   \
    told_wake(front_task());                                                                                           \
    if (e == thrd_success) woken(c, pc); /* the signal came before the mutex was taken again */                        \
    taken(m, thrd_success, 0, true, pc);                                                                               \
    return e
int WRAP(cnd_wait)(cnd_t *c, mtx_t *m) { WAIT(true, cnd_wait, c, m); }
int WRAP(cnd_timedwait)(cnd_t *c, mtx_t *m, const struct timespec *until) { WAIT(false, cnd_timedwait, c, m, until); }
int WRAP(cnd_signal)(cnd_t *c) {
    if (wrap_sees_sync(FRONT_HERE)) signals(c, FRONT_HERE);
    return REAL(cnd_signal)(c);
}
int WRAP(cnd_broadcast)(cnd_t *c) {
    if (wrap_sees_sync(FRONT_HERE)) signals(c, FRONT_HERE);
    return REAL(cnd_broadcast)(c);
}
void WRAP(call_once)(once_flag *flag, void (*fn)(void)) {
    wrap_once((pthread_once_t *)flag, fn, FRONT_HERE); /* glibc: one type, one function */
}
