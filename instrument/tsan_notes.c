/* What a program tells a race detector by hand: goro_race_* of goro.h, the __tsan_* interface of TSan
 * (sanitizer/tsan_interface.h) and the Annotate* calls of the dynamic annotations that many projects carry. */
#include "instrument/front.h"
#include "instrument/wrap.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* An annotation is about the address, not about an atomic that lies there: a relaxed store of that one would end what
 * was released. So it has a clock of its own, under an address that no memory has. */
static struct det_sync *clock_at(const volatile void *p) { return det_sync_at((uintptr_t)p ^ (uintptr_t)1 << 63); }
static void acquire(const volatile void *p) { det_acquire(front_task(), clock_at(p)); }
static void release(const volatile void *p) { det_release(front_task(), clock_at(p)); }
static void merge(const volatile void *p) { det_merge(front_task(), clock_at(p)); }

/* -- goro.h ------------------------------------------------------------------------------------------------------- */

GORO_API bool goro_race_enabled(void) { return true; }
GORO_API void goro_race_acquire(const volatile void *p) { acquire(p); }
GORO_API void goro_race_release(const volatile void *p) { release(p); }
GORO_API void goro_race_release_merge(const volatile void *p) { merge(p); }
GORO_API void goro_race_disable(void) { det_ignore_begin(front_task()); }
GORO_API void goro_race_enable(void) { det_ignore_end(front_task()); }
GORO_API void goro_race_read(const volatile void *p, size_t n) {
    det_range(front_task(), (uintptr_t)p, n, DET_READ, FRONT_HERE);
}
GORO_API void goro_race_write(const volatile void *p, size_t n) {
    det_range(front_task(), (uintptr_t)p, n, DET_WRITE, FRONT_HERE);
}

/* -- TSan's interface ----------------------------------------------------------------------------------------------- */

GORO_API void __tsan_acquire(void *p) { acquire(p); }
GORO_API void __tsan_release(void *p) { merge(p); } /* TSan's release never takes order away */
GORO_API void __tsan_ignore_thread_begin(void) { det_ignore_begin(front_task()); }
GORO_API void __tsan_ignore_thread_end(void) { det_ignore_end(front_task()); }

/* clang 16 and later call these in place of memcpy, memmove and memset. */
GORO_API void *__tsan_memcpy(void *to, const void *from, size_t n) { return wrap_copy(to, from, n, FRONT_HERE); }
GORO_API void *__tsan_memmove(void *to, const void *from, size_t n) { return wrap_move(to, from, n, FRONT_HERE); }
GORO_API void *__tsan_memset(void *to, int c, size_t n) { return wrap_fill(to, c, n, FRONT_HERE); }

/* Locks of the program's own making (sanitizer/tsan_interface.h). The flags' values are that header's. */
enum { MUTEX_READ_LOCK = 1 << 3, MUTEX_TRY_LOCK = 1 << 4, MUTEX_TRY_FAILED = 1 << 5 };

GORO_API void __tsan_mutex_create(void *m, unsigned flags) { (void)flags, det_lock_new((uintptr_t)m, 1); }
GORO_API void __tsan_mutex_destroy(void *m, unsigned flags) { (void)flags, det_lock_new((uintptr_t)m, 1); }
GORO_API void __tsan_mutex_pre_lock(void *m, unsigned flags) {
    (void)m, (void)flags;
    det_ignore_begin(front_task()); /* the lock's own accesses are not the user's */
}
GORO_API void __tsan_mutex_post_lock(void *m, unsigned flags, int recursion) {
    (void)recursion;
    det_ignore_end(front_task());
    if (flags & MUTEX_TRY_FAILED) return;
    unsigned how = (flags & MUTEX_READ_LOCK ? DET_LOCK_READ : 0) | (flags & MUTEX_TRY_LOCK ? DET_LOCK_TRIED : 0);
    det_lock_taken(front_task(), FINDING_MUTEX, (uintptr_t)m, how, FRONT_HERE);
    if (!(flags & MUTEX_READ_LOCK)) acquire((char *)m + 1); /* what readers left behind */
}
GORO_API int __tsan_mutex_pre_unlock(void *m, unsigned flags) {
    det_lock_dropped(front_task(), (uintptr_t)m, flags & MUTEX_READ_LOCK ? DET_LOCK_READ : 0);
    if (flags & MUTEX_READ_LOCK) merge((char *)m + 1);
    det_ignore_begin(front_task());
    return 0;
}
GORO_API void __tsan_mutex_post_unlock(void *m, unsigned flags) {
    (void)m, (void)flags;
    det_ignore_end(front_task());
}
GORO_API void __tsan_mutex_pre_signal(void *m, unsigned flags) {
    (void)m, (void)flags;
    det_ignore_begin(front_task());
}
GORO_API void __tsan_mutex_post_signal(void *m, unsigned flags) { __tsan_mutex_post_unlock(m, flags); }
/* Code that a lock's implementation calls back into is checked again. */
GORO_API void __tsan_mutex_pre_divert(void *m, unsigned flags) {
    (void)m, (void)flags;
    det_ignore_end(front_task());
}
GORO_API void __tsan_mutex_post_divert(void *m, unsigned flags) { __tsan_mutex_pre_signal(m, flags); }

/* -- dynamic annotations -------------------------------------------------------------------------------------------- */

#define HERE char *file, int line
#define UNUSED (void)file, (void)line

GORO_API void AnnotateHappensBefore(HERE, uintptr_t p) { UNUSED; merge((void *)p); }
GORO_API void AnnotateHappensAfter(HERE, uintptr_t p) { UNUSED; acquire((void *)p); }
GORO_API void AnnotateCondVarSignal(HERE, uintptr_t p) { UNUSED; merge((void *)p); }
GORO_API void AnnotateCondVarSignalAll(HERE, uintptr_t p) { UNUSED; merge((void *)p); }
GORO_API void AnnotateCondVarWait(HERE, uintptr_t p, uintptr_t lock) { UNUSED; (void)lock; acquire((void *)p); }
GORO_API void AnnotateRWLockAcquired(HERE, uintptr_t m, uintptr_t write) {
    UNUSED;
    det_lock_taken(front_task(), FINDING_RWMUTEX, m, write ? 0 : DET_LOCK_READ, FRONT_HERE);
    if (write) acquire((char *)m + 1);
}
GORO_API void AnnotateRWLockReleased(HERE, uintptr_t m, uintptr_t write) {
    UNUSED;
    det_lock_dropped(front_task(), m, write ? 0 : DET_LOCK_READ);
    if (!write) merge((char *)m + 1);
}
GORO_API void AnnotateIgnoreReadsBegin(HERE) { UNUSED; det_ignore_begin(front_task()); }
GORO_API void AnnotateIgnoreReadsEnd(HERE) { UNUSED; det_ignore_end(front_task()); }
GORO_API void AnnotateIgnoreWritesBegin(HERE) { UNUSED; det_ignore_begin(front_task()); }
GORO_API void AnnotateIgnoreWritesEnd(HERE) { UNUSED; det_ignore_end(front_task()); }
GORO_API void AnnotateThreadName(HERE, char *name) { UNUSED; det_task_name(front_task(), name); }
GORO_API void AnnotateNewMemory(HERE, uintptr_t p, uintptr_t n) { UNUSED; det_forget(p, n); }

/* Known to others, with no meaning here: a benign race is undefined behaviour like any other (suppress it by file). */
#define NOTHING(name, ...) GORO_API void name(__VA_ARGS__) { UNUSED; }
#pragma GCC diagnostic ignored "-Wunused-parameter"
NOTHING(AnnotateRWLockCreate, HERE, uintptr_t m)
NOTHING(AnnotateRWLockCreateStatic, HERE, uintptr_t m)
NOTHING(AnnotateRWLockDestroy, HERE, uintptr_t m)
NOTHING(AnnotateBenignRace, HERE, uintptr_t p, char *why)
NOTHING(AnnotateBenignRaceSized, HERE, uintptr_t p, uintptr_t n, char *why)
NOTHING(AnnotateExpectRace, HERE, uintptr_t p, char *why)
NOTHING(AnnotateFlushExpectedRaces, HERE)
NOTHING(AnnotateFlushState, HERE)
NOTHING(AnnotateEnableRaceDetection, HERE, int on)
NOTHING(AnnotateMutexIsNotPHB, HERE, uintptr_t m)
NOTHING(AnnotateMutexIsUsedAsCondVar, HERE, uintptr_t m)
NOTHING(AnnotatePCQGet, HERE, uintptr_t q)
NOTHING(AnnotatePCQPut, HERE, uintptr_t q)
NOTHING(AnnotatePCQCreate, HERE, uintptr_t q)
NOTHING(AnnotatePCQDestroy, HERE, uintptr_t q)
NOTHING(AnnotatePublishMemoryRange, HERE, uintptr_t p, uintptr_t n)
NOTHING(AnnotateUnpublishMemoryRange, HERE, uintptr_t p, uintptr_t n)
NOTHING(AnnotateTraceMemory, HERE, uintptr_t p)
NOTHING(AnnotateNoOp, HERE, uintptr_t p)
GORO_API int RunningOnValgrind(void) { return 0; }
