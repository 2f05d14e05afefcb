/* The annotations of goro.h in a plain build: nothing watches, so they do nothing. Under race detection the
 * instrumentation defines them. */
#include "runtime/waiter.h"

#ifndef GORO_RACE
GORO_API void goro_race_acquire(const volatile void *address) { (void)address; }
GORO_API void goro_race_release(const volatile void *address) { (void)address; }
GORO_API void goro_race_release_merge(const volatile void *address) { (void)address; }
GORO_API void goro_race_disable(void) {}
GORO_API void goro_race_enable(void) {}
GORO_API void goro_race_read(const volatile void *address, size_t n) { (void)address, (void)n; }
GORO_API void goro_race_write(const volatile void *address, size_t n) { (void)address, (void)n; }
GORO_API bool goro_race_enabled(void) { return false; }
#endif
