/* The engine's memory: everything the detector keeps comes from here, never from malloc.
 *
 * Small objects (up to ARENA_SMALL_MAX bytes) live in one reserved region, so that each has a 32-bit *handle*: half a
 * pointer, for tries and trees that are mostly references. Large ones are mapped.
 *
 * All bytes are counted against det_config.memory_limit_bytes. The plain calls return NULL when the limit or the
 * machine's memory is reached and the caller must have a sound way to go on without (it, or the arena, then says so
 * by engine_degraded). The _essential ones go past the limit and end the process when even the machine has none:
 * for the few things no answer can be given without.
 *
 * Threads: any. Small objects pass through per-thread caches; arena_thread_end gives the calling thread's back. */
#ifndef GORO_DETECTOR_ARENA_H
#define GORO_DETECTOR_ARENA_H

#include "runtime/base/base.h"

enum { ARENA_SMALL_MAX = 16384, ARENA_UNIT = 8 };

void arena_init(void); /* by det_init, with engine.config set */
void arena_fini(void); /* gives everything back at once */

/* n bytes, not zeroed, aligned to the largest power of two that divides n, from 8 up to 64. Free with the same n. */
void *arena_alloc(size_t n);
void *arena_alloc_essential(size_t n);
void *arena_zalloc(size_t n);
void *arena_zalloc_essential(size_t n);
void arena_free(void *p, size_t n); /* NULL is ignored */

/* Whole pages, zeroed. n is rounded up to pages, alike in both. */
void *arena_map(size_t n);
void *arena_map_essential(size_t n);
void arena_unmap(void *p, size_t n);

/* Address space the caller manages itself: counts n bytes as touched; false if that is past the limit (then nothing
 * is counted). arena_uncharge takes them back. */
bool arena_charge(size_t n);
void arena_uncharge(size_t n);

/* Handles of small objects; no object has handle 0, and there are always readable zeros at it. */
extern char *arena_base;
GORO_INLINE void *arena_at(uint32_t handle) { return arena_base + (size_t)handle * ARENA_UNIT; }
GORO_INLINE uint32_t arena_handle(const void *p) { return (uint32_t)((size_t)((const char *)p - arena_base) / ARENA_UNIT); }

void arena_thread_end(void);
size_t arena_bytes(void);
void arena_check(void);

#endif
