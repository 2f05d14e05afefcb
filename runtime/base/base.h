/* Words every folder uses: branch hints, visibility, assertions.
 *
 * Assertions guard memory: they are on in every build. A failing one is a bug of ours, never of the user's
 * program, and ends the process with exit status 70 and a request to report it. */
#ifndef GORO_BASE_BASE_H
#define GORO_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define GORO_API __attribute__((visibility("default")))
/* For variables that other files declare extern: without it position-independent code goes by the global offset table. */
#define GORO_HIDDEN __attribute__((visibility("hidden")))
#define GORO_INLINE static inline __attribute__((always_inline))
#define GORO_COLD __attribute__((cold, noinline))
#define GORO_NOINLINE __attribute__((noinline))
#define GORO_PRINTF(f, a) __attribute__((format(printf, f, a)))

#define CACHE_LINE 64
#define array_length(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))

/* For the body of a spinning loop. */
GORO_INLINE void cpu_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* Exit statuses of a process that ends by our hand. */
enum { GORO_EXIT_PANIC = 2, GORO_EXIT_INTERNAL = 70 };

/* Ends the process: "goro internal error, please report". Safe in any context, takes no lock, allocates nothing. */
_Noreturn GORO_COLD void internal_error(const char *file, int line, const char *what);

/* Ends the process for a fault of the environment: names the call, the limit and errno's text. Exit status 2. */
_Noreturn GORO_COLD void environment_error(const char *call, const char *why, int errnum);

#define goro_assert(x) (likely(x) ? (void)0 : internal_error(__FILE__, __LINE__, #x))

#endif
