/* What the wrappers of libc calls have in common: how one is defined, how it reaches the function it stands for, and
 * when it tells the engine of accesses.
 *
 * A wrapper for f is written  RESULT WRAP(f)(PARAMETERS) { … REAL(f)(ARGUMENTS) … }. In a dynamic program it is a weak f
 * that the dynamic linker finds before libc's (a program's own f wins over it); in a static one the linker's --wrap puts
 * it between.
 *
 * Accesses count when the caller is instrumented code: others may be ordered by what we cannot see. Synchronisation
 * counts from everywhere but goro itself. */
#ifndef GORO_INSTRUMENT_WRAP_H
#define GORO_INSTRUMENT_WRAP_H

#include "detector/access.h"
#include "instrument/away.h"
#include "instrument/told.h"
#include "instrument/front.h"
#include "instrument/wrap_list.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#undef setjmp
#undef _setjmp
int setjmp(jmp_buf);

/* Of the C++ runtime, where the program has one. */
int __cxa_guard_acquire(int64_t *guard);
void __cxa_guard_release(int64_t *guard);

#ifdef GORO_WRAP_STATIC
#define WRAP(name) __wrap_##name
#define REAL(name) __real_##name
#define WRAP_DECLARE(name)                                                                                             \
    extern __typeof__(name) __real_##name;                                                                             \
    GORO_API extern __typeof__(name) __wrap_##name;
#define WRAP_DECLARE_DYNAMIC(name)
#else
#define WRAP(name) name
#define WRAP_INDEX(name) wrap_index_##name,
enum { WRAP_ALL(WRAP_INDEX, WRAP_INDEX) WRAP_COUNT };
extern void *wrap_real[WRAP_COUNT];
void *wrap_resolve(unsigned index);
#define REAL(name)                                                                                                     \
    ((__typeof__(name) *)(likely(wrap_real[wrap_index_##name] != NULL) ? wrap_real[wrap_index_##name]                  \
                                                                       : wrap_resolve(wrap_index_##name)))
#define WRAP_DECLARE(name) __attribute__((weak, visibility("default"))) extern __typeof__(name) name;
#define WRAP_DECLARE_DYNAMIC(name) WRAP_DECLARE(name)
#endif
WRAP_ALL(WRAP_DECLARE, WRAP_DECLARE_DYNAMIC)

/* Finds all real functions while there is one thread. */
void wrap_resolve_all(void);

/* Does the engine want to know of accesses / of synchronisation made by the caller at pc? */
GORO_INLINE bool wrap_sees_accesses(uintptr_t pc) { return front_ready && front_is_instrumented(pc); }
GORO_INLINE bool wrap_sees_sync(uintptr_t pc) { return front_ready && !front_is_own(pc); }

GORO_INLINE void wrap_reads(uintptr_t pc, const void *p, size_t n) {
    if (n) det_range(front_task(), (uintptr_t)p, n, DET_READ, pc);
}
GORO_INLINE void wrap_writes(uintptr_t pc, const void *p, size_t n) {
    if (n) det_range(front_task(), (uintptr_t)p, n, DET_WRITE, pc);
}

/* What the call at pc returns hangs on calls before it that nobody is told of. */
GORO_INLINE void wrap_remembers(uintptr_t pc) {
    if (unlikely(det_reorders()) && wrap_sees_accesses(pc)) det_begins(front_task());
}

/* A use of a lock, condition variable, barrier or semaphore. Making one and destroying it are writes: where nothing orders
 * them with a use, that is a race. */
GORO_INLINE void wrap_uses(uintptr_t pc, const volatile void *object) {
    if (front_is_instrumented(pc)) det_access(front_task(), (uintptr_t)object, 1, DET_READ, pc);
}

/* memcpy, memmove and memset for a caller at pc. */
void *wrap_copy(void *to, const void *from, size_t n, uintptr_t pc);
void *wrap_move(void *to, const void *from, size_t n, uintptr_t pc);
void *wrap_fill(void *to, int c, size_t n, uintptr_t pc);
/* pthread_mutex_lock, of which the wait-for graph hears if it blocks, for a caller whose synchronisation counts; and what
 * comes before an unlock. C11's mutexes are the same ones. */
int wrap_mutex_lock(pthread_mutex_t *m, uintptr_t pc);
void wrap_mutex_dropped(pthread_mutex_t *m, uintptr_t pc);
/* Before a close: who reads the end of what is there comes after it. */
void wrap_closes(int fd);
/* Around a call that may block for ever, and be left by a cancellation: e = call. */
void wrap_wake(void *unused);
#define WRAP_BLOCKED(e, call, kind, object, pc)                                                                        \
    told_block(front_task(), kind, (uintptr_t)(object), pc);                                                           \
    pthread_cleanup_push(wrap_wake, NULL);                                                                             \
    e = AWAY(pc, call);                                                                                                          \
    pthread_cleanup_pop(1)
/* An address in the module that malloc is in. */
uintptr_t wrap_malloc_place(void);
/* Has the program installed a handler, so that a signal may end a call early? */
bool wrap_catches_signals(void);
/* A signal that does what it does by default is led to this handler from here on; the program sees nothing of that, and may
 * install another. False: somebody has one. Before main. And back, in a handler, too. */
bool wrap_takes_signal(int sig, void (*handler)(int, siginfo_t *, void *));
/* The same of a handler of our own that is to be called at once and with the thread's mask. */
bool wrap_takes_signal_bare(int sig, void (*handler)(int, siginfo_t *, void *));
void wrap_gives_signal_back(int sig);
int wrap_once(pthread_once_t *control, void (*fn)(void), uintptr_t pc);

#endif
