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

#include "instrument/front.h"
#include "instrument/wrap_list.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <threads.h>
#include <unistd.h>

#undef setjmp
#undef _setjmp
int setjmp(jmp_buf);

#ifdef GORO_WRAP_STATIC
#define WRAP(name) __wrap_##name
#define REAL(name) __real_##name
#define WRAP_DECLARE(name)                                                                                       \
    extern __typeof__(name) __real_##name;                                                                       \
    GORO_API extern __typeof__(name) __wrap_##name;
#define WRAP_DECLARE_DYNAMIC(name)
#else
#define WRAP(name) name
#define WRAP_INDEX(name) wrap_index_##name,
enum { WRAP_ALL(WRAP_INDEX, WRAP_INDEX) WRAP_COUNT };
extern void *wrap_real[WRAP_COUNT];
void *wrap_resolve(unsigned index);
#define REAL(name)                                                                                               \
    ((__typeof__(name) *)(likely(wrap_real[wrap_index_##name] != NULL) ? wrap_real[wrap_index_##name]            \
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

/* memcpy, memmove and memset for a caller at pc. */
void *wrap_copy(void *to, const void *from, size_t n, uintptr_t pc);
void *wrap_move(void *to, const void *from, size_t n, uintptr_t pc);
void *wrap_fill(void *to, int c, size_t n, uintptr_t pc);
int wrap_once(pthread_once_t *control, void (*fn)(void), uintptr_t pc);

#endif
