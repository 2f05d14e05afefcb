/* POSIX threads and semaphores: the edges that POSIX gives them (docs/happens-before, "threads").
 *
 * An object's clock is that of its address; where an object has two (readers and writers, a barrier's rounds), the next
 * byte's address has the other. A call from goro's own code is the runtime at work and orders nothing of the user's. */
#include "instrument/journal.h"
#include "instrument/picture.h"
#include "instrument/sharing.h"
#include "instrument/standstill.h"
#include "instrument/threads.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <errno.h>
#include <time.h>

#define SEES(pc)                                                                                                       \
    uintptr_t pc = FRONT_HERE;                                                                                         \
    bool sees = wrap_sees_sync(pc)

static struct det_sync *clock_of(const volatile void *p, unsigned which) { return det_sync_at((uintptr_t)p + which); }

/* -- threads --------------------------------------------------------------------------------------------------------- */

/* A stack that the program asked to be small has to hold our thread-locals (27 kB) and frames, too. The C library only
 * reads the attributes, so a plain copy will do. Nothing is done for memory of the program's own. */
enum { STACK_OURS = 256 << 10, STACK_ENOUGH = 1 << 20 };
static const pthread_attr_t *roomier(const pthread_attr_t *attr, pthread_attr_t *copy) {
    size_t size = 0, own_size = 0;
    void *own = NULL;
    if (!attr || pthread_attr_getstacksize(attr, &size) != 0 || size >= STACK_ENOUGH) return attr;
    if (pthread_attr_getstack(attr, &own, &own_size) == 0 && (uintptr_t)own + own_size) return attr;
    *copy = *attr;
    return pthread_attr_setstacksize(copy, size + STACK_OURS) == 0 ? copy : attr;
}

static int create_own(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg) {
    struct thread_own_start *s = REAL(malloc)(sizeof *s);
    if (!s) return EAGAIN;
    *s = (struct thread_own_start){fn, arg};
    pthread_attr_t copy;
    int e = REAL(pthread_create)(out, roomier(attr, &copy), thread_run_own, s);
    if (e) REAL(free)(s);
    return e;
}

int WRAP(pthread_create)(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg) {
    SEES(pc);
    running_watch();
    if (!sees) return front_ready ? create_own(out, attr, fn, arg) : REAL(pthread_create)(out, attr, fn, arg);
    int state = PTHREAD_CREATE_JOINABLE;
    pthread_t handle;
    if (attr) pthread_attr_getdetachstate(attr, &state);
    standstill_threads_begin();
    picture_watch();
    struct thread *t = thread_new(fn, arg, (uintptr_t)fn, state == PTHREAD_CREATE_DETACHED, pc);
    if (!t) return EAGAIN;
    pthread_attr_t copy;
    int e = REAL(pthread_create)(&handle, roomier(attr, &copy), thread_run, t);
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

#define JOIN(name, ...)                                                                                                \
    SEES(pc);                                                                                                          \
    if (!sees) return REAL(name)(__VA_ARGS__);                                                                         \
    struct thread *t = thread_find(handle);                                                                            \
    int e = REAL(name)(__VA_ARGS__);                                                                                   \
    if (e == 0) thread_joined(t, handle, pc);                                                                          \
    return e

int WRAP(pthread_join)(pthread_t handle, void **result) {
    SEES(pc);
    if (!sees) return REAL(pthread_join)(handle, result);
    struct thread *t = thread_find(handle);
    int e;
    WRAP_BLOCKED(e, REAL(pthread_join)(handle, result), FINDING_PTHREAD, handle, pc);
    if (e == 0) thread_joined(t, handle, pc);
    return e;
}
/* It is ended wherever it is. */
int WRAP(pthread_cancel)(pthread_t handle) {
    away_unsure();
    return REAL(pthread_cancel)(handle);
}
int WRAP(pthread_tryjoin_np)(pthread_t handle, void **result) { JOIN(pthread_tryjoin_np, handle, result); }
int WRAP(pthread_timedjoin_np)(pthread_t handle, void **result, const struct timespec *until) {
    JOIN(pthread_timedjoin_np, handle, result, until);
}
int WRAP(pthread_detach)(pthread_t handle) {
    if (wrap_sees_sync(FRONT_HERE)) thread_detached(handle);
    return REAL(pthread_detach)(handle);
}

/* -- a lock is made, and destroyed ------------------------------------------------------------------------------------- */

/* Each use of a lock reads its first byte (wrap_uses), so that none is unordered with these. */
#define MADE(lock)                                                                                                     \
    SEES(pc);                                                                                                          \
    if (sees) det_lock_new((uintptr_t)lock, sizeof *lock);                                                             \
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, (void *)lock, sizeof *lock)
#define DESTROYED(lock)                                                                                                \
    SEES(pc);                                                                                                          \
    if (sees) det_lock_destroyed(front_task(), (uintptr_t)lock, sizeof *lock, pc);                                     \
    if (sees && front_is_instrumented(pc)) wrap_writes(pc, (void *)lock, sizeof *lock)

/* The thread's number as glibc's locks note it. Kept: a call of the kernel takes as long as the rest of an unlock. */
static int own_id(void) {
    if (unlikely(!front_self.id)) front_self.id = gettid();
    return front_self.id;
}

/* -- mutex -------------------------------------------------------------------------------------------------------------- */

static void mutex_taken(pthread_mutex_t *m, int e, unsigned tried, uintptr_t pc) {
    if (e != 0 && e != EOWNERDEAD) return;
    if (e == EOWNERDEAD) det_lock_new((uintptr_t)m, sizeof *m); /* inherited: its dead holder has it no more */
    told_lock_taken(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)m, tried, pc);
}
enum { MUTEX_ROBUST = 16 }; /* glibc's flag in the kind */

/* An unlock of a mutex that is free, or another's, is undefined unless the mutex checks, and then it says so itself. Two
 * witnesses are asked, ours and the mutex: ours knows nothing of locks before the engine's start, and after fork the
 * thread has another number than the one that the mutex remembers. */
static bool undefined_unlock(const pthread_mutex_t *m) {
    unsigned kind = (unsigned)m->__data.__kind;
    bool checks =
        kind & (PTHREAD_MUTEX_ERRORCHECK_NP | PTHREAD_MUTEX_RECURSIVE_NP) && (kind & 3) != PTHREAD_MUTEX_ADAPTIVE_NP;
    return !checks && !(kind & MUTEX_ROBUST) && __atomic_load_n(&m->__data.__owner, __ATOMIC_RELAXED) != own_id();
}
void wrap_mutex_dropped(pthread_mutex_t *m, uintptr_t pc) {
    if (!told_lock_dropped(front_task(), FINDING_PTHREAD_MUTEX, (uintptr_t)m, 0, pc) && undefined_unlock(m))
        det_report(front_task(), "GM001", FINDING_ERROR, FINDING_PTHREAD_MUTEX, (uintptr_t)m, pc);
}

int WRAP(pthread_mutex_init)(pthread_mutex_t *m, const pthread_mutexattr_t *attr) {
    MADE(m);
    return REAL(pthread_mutex_init)(m, attr);
}
int WRAP(pthread_mutex_destroy)(pthread_mutex_t *m) {
    DESTROYED(m);
    return REAL(pthread_mutex_destroy)(m);
}

#define LOCK(name, object, taken, ...)                                                                                 \
    SEES(pc);                                                                                                          \
    if (sees) wrap_uses(pc, object);                                                                                   \
    int e = REAL(name)(__VA_ARGS__);                                                                                   \
    if (sees) taken;                                                                                                   \
    if (e != 0 && sees && det_reorders()) det_begins(front_task());                                                    \
    return e

/* A lock that is free is taken without a word; only who would block is looked at by the wait-for graph. One that checks
 * for errors says by itself that it is locked twice, and a robust one that its holder has ended. */
#define LOCK_OR_BLOCK(kind, l, how, try, lock, answers)                                                                \
    wrap_uses(pc, l);                                                                                                  \
    if (unlikely(strategy_steers)) sharing_lock(pc);                                                                   \
    int e = REAL(try)(l);                                                                                              \
    if (e != EBUSY) return e;                                                                                          \
    bool says = answers;                                                                                               \
    if (!says) trace_event(front_task(), BLOCK, kind, (uintptr_t)l, 0, pc);                                            \
    if (!says) det_block_as(front_task(), kind, (uintptr_t)l, how, pc);                                                \
    e = AWAY(pc, REAL(lock)(l));                                                                                       \
    if (!says) told_wake(front_task());                                                                                \
    return e

/* Under a journal threads take locks in the order in which they did: LOCK_IN_TURN stands around what does. */
#define LOCK_IN_TURN(e, lock)                                                                                          \
    struct journal_call c = {.kind = WIRE_JOURNAL_LOCK, .pc = pc};                                                     \
    bool in_turn = unlikely(journal_on) && journal_wants();                                                            \
    if (in_turn) journal_turn(&c);                                                                                     \
    int e = lock;                                                                                                      \
    if (in_turn && !journal_take(&c)) journal_note(&c)

static bool mutex_answers(const pthread_mutex_t *m) {
    int kind = m->__data.__kind;
    if (kind & MUTEX_ROBUST) return true;
    return (kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP &&
           __atomic_load_n(&m->__data.__owner, __ATOMIC_RELAXED) == own_id();
}
int wrap_mutex_lock(pthread_mutex_t *m, uintptr_t pc) {
    LOCK_OR_BLOCK(FINDING_PTHREAD_MUTEX, m, DET_BLOCK_PLAIN, pthread_mutex_trylock, pthread_mutex_lock,
                  mutex_answers(m));
}

int WRAP(pthread_mutex_lock)(pthread_mutex_t *m) {
    SEES(pc);
    if (!sees) return REAL(pthread_mutex_lock)(m);
    LOCK_IN_TURN(e, wrap_mutex_lock(m, pc));
    mutex_taken(m, e, 0, pc);
    return e;
}
int WRAP(pthread_mutex_trylock)(pthread_mutex_t *m) {
    LOCK(pthread_mutex_trylock, m, mutex_taken(m, e, DET_LOCK_TRIED, pc), m);
}
int WRAP(pthread_mutex_timedlock)(pthread_mutex_t *m, const struct timespec *until) {
    LOCK(pthread_mutex_timedlock, m, mutex_taken(m, e, DET_LOCK_TRIED, pc), m, until);
}
int WRAP(pthread_mutex_clocklock)(pthread_mutex_t *m, clockid_t clock, const struct timespec *until) {
    LOCK(pthread_mutex_clocklock, m, mutex_taken(m, e, DET_LOCK_TRIED, pc), m, clock, until);
}
int WRAP(pthread_mutex_unlock)(pthread_mutex_t *m) {
    SEES(pc);
    if (sees) wrap_mutex_dropped(m, pc);
    return REAL(pthread_mutex_unlock)(m);
}

/* -- read-write lock: clock 0 is the writers', 1 the readers' ------------------------------------------------------------- */

static void reader_in(pthread_rwlock_t *l, int e, unsigned tried, uintptr_t pc) {
    if (e) return;
    told_lock_taken(front_task(), FINDING_PTHREAD_RWLOCK, (uintptr_t)l, DET_LOCK_READ | tried, pc);
}
static void writer_in(pthread_rwlock_t *l, int e, unsigned tried, uintptr_t pc) {
    if (e) return;
    told_lock_taken(front_task(), FINDING_PTHREAD_RWLOCK, (uintptr_t)l, tried, pc);
    told_acquire(front_task(), clock_of(l, 1), 0, 0, 0);
}

int WRAP(pthread_rwlock_init)(pthread_rwlock_t *l, const pthread_rwlockattr_t *attr) {
    MADE(l);
    return REAL(pthread_rwlock_init)(l, attr);
}
int WRAP(pthread_rwlock_destroy)(pthread_rwlock_t *l) {
    DESTROYED(l);
    return REAL(pthread_rwlock_destroy)(l);
}

/* Only the lock itself knows whether somebody writes, and who: glibc keeps the writer's thread id. */
static int writer_of(const pthread_rwlock_t *l) { return __atomic_load_n(&l->__data.__cur_writer, __ATOMIC_RELAXED); }

/* A reader waits only behind a writer who has the lock; or, if the lock is made so, behind one who waits, too. */
static enum det_block_how reader_waits(const pthread_rwlock_t *l) {
    bool behind = l->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
    return behind ? DET_BLOCK_READ_BEHIND : DET_BLOCK_READ;
}

/* Who writes is told that it would wait for itself (EDEADLK). */
static int lock_to_read(pthread_rwlock_t *l, uintptr_t pc) {
    LOCK_OR_BLOCK(FINDING_PTHREAD_RWLOCK, l, reader_waits(l), pthread_rwlock_tryrdlock, pthread_rwlock_rdlock,
                  writer_of(l) == own_id());
}
static int lock_to_write(pthread_rwlock_t *l, uintptr_t pc) {
    LOCK_OR_BLOCK(FINDING_PTHREAD_RWLOCK, l, DET_BLOCK_PLAIN, pthread_rwlock_trywrlock, pthread_rwlock_wrlock,
                  writer_of(l) == own_id());
}
int WRAP(pthread_rwlock_rdlock)(pthread_rwlock_t *l) {
    SEES(pc);
    if (!sees) return REAL(pthread_rwlock_rdlock)(l);
    LOCK_IN_TURN(e, lock_to_read(l, pc));
    reader_in(l, e, 0, pc);
    return e;
}
int WRAP(pthread_rwlock_wrlock)(pthread_rwlock_t *l) {
    SEES(pc);
    if (!sees) return REAL(pthread_rwlock_wrlock)(l);
    LOCK_IN_TURN(e, lock_to_write(l, pc));
    writer_in(l, e, 0, pc);
    return e;
}
int WRAP(pthread_rwlock_tryrdlock)(pthread_rwlock_t *l) {
    LOCK(pthread_rwlock_tryrdlock, l, reader_in(l, e, DET_LOCK_TRIED, pc), l);
}
int WRAP(pthread_rwlock_timedrdlock)(pthread_rwlock_t *l, const struct timespec *until) {
    LOCK(pthread_rwlock_timedrdlock, l, reader_in(l, e, DET_LOCK_TRIED, pc), l, until);
}
int WRAP(pthread_rwlock_trywrlock)(pthread_rwlock_t *l) {
    LOCK(pthread_rwlock_trywrlock, l, writer_in(l, e, DET_LOCK_TRIED, pc), l);
}
int WRAP(pthread_rwlock_timedwrlock)(pthread_rwlock_t *l, const struct timespec *until) {
    LOCK(pthread_rwlock_timedwrlock, l, writer_in(l, e, DET_LOCK_TRIED, pc), l, until);
}

/* Whether it is a reader's or the writer's unlock is decided as the lock itself does. */
int WRAP(pthread_rwlock_unlock)(pthread_rwlock_t *l) {
    SEES(pc);
    if (sees) {
        int holder = writer_of(l);
        bool writer = holder && holder == own_id();
        bool own = told_lock_dropped(front_task(), FINDING_PTHREAD_RWLOCK, (uintptr_t)l,
                                     writer ? DET_LOCK_REPLACES : DET_LOCK_READ, pc);
        if (!writer) told_merge(front_task(), clock_of(l, 1), 0, 0, 0);
        /* The lowest three bits of the readers' count are flags. */
        bool held = writer || (!holder && __atomic_load_n(&l->__data.__readers, __ATOMIC_RELAXED) >> 3);
        if (!own && !held) det_report(front_task(), "GM001", FINDING_ERROR, FINDING_PTHREAD_RWLOCK, (uintptr_t)l, pc);
    }
    return REAL(pthread_rwlock_unlock)(l);
}

/* -- spin lock ---------------------------------------------------------------------------------------------------------------- */

static void spin_taken(pthread_spinlock_t *l, int e, unsigned tried, uintptr_t pc) {
    if (e) return;
    told_lock_taken(front_task(), FINDING_PTHREAD_SPIN, (uintptr_t)l, tried, pc);
}
int WRAP(pthread_spin_init)(pthread_spinlock_t *l, int shared) {
    MADE(l);
    return REAL(pthread_spin_init)(l, shared);
}
int WRAP(pthread_spin_destroy)(pthread_spinlock_t *l) {
    DESTROYED(l);
    return REAL(pthread_spin_destroy)(l);
}
static int lock_spin(pthread_spinlock_t *l, uintptr_t pc) {
    LOCK_OR_BLOCK(FINDING_PTHREAD_SPIN, l, DET_BLOCK_PLAIN, pthread_spin_trylock, pthread_spin_lock, false);
}
int WRAP(pthread_spin_lock)(pthread_spinlock_t *l) {
    SEES(pc);
    if (!sees) return REAL(pthread_spin_lock)(l);
    int e = lock_spin(l, pc);
    spin_taken(l, e, 0, pc);
    return e;
}
int WRAP(pthread_spin_trylock)(pthread_spinlock_t *l) {
    LOCK(pthread_spin_trylock, l, spin_taken(l, e, DET_LOCK_TRIED, pc), l);
}
int WRAP(pthread_spin_unlock)(pthread_spinlock_t *l) {
    if (wrap_sees_sync(FRONT_HERE)) told_lock_dropped(front_task(), FINDING_PTHREAD_SPIN, (uintptr_t)l, 0, FRONT_HERE);
    return REAL(pthread_spin_unlock)(l);
}
