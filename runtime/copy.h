/* Copying and clearing of channel elements.
 *
 * Own loops, because under race detection memcpy and memset are watched as the user's accesses, and these copies are
 * nobody's: they go between a temporary in one goroutine's frame, a ring slot, and a temporary in another's. Elements of
 * one word, the most frequent ones, are a load and a store.
 *
 * Threads: under the channel's lock. */
#ifndef GORO_RUNTIME_COPY_H
#define GORO_RUNTIME_COPY_H

#include "runtime/base/base.h"

#include <string.h>

/* Keeps the compiler from making a call of memcpy or memset out of the loop around it. */
#define NO_IDIOM() __asm__ volatile("" ::: "memory")

GORO_INLINE void copy_large(char *to, const char *from, size_t n) {
    for (; n >= 16; n -= 16, to += 16, from += 16) {
        __builtin_memcpy(to, from, 16);
        NO_IDIOM();
    }
    for (; n > 0; n--) {
        *to++ = *from++;
        NO_IDIOM();
    }
}

GORO_INLINE void copy_element(void *to, const void *from, size_t n) {
    if (likely(n == 8)) __builtin_memcpy(to, from, 8);
    else if (n == 4) __builtin_memcpy(to, from, 4);
    else if (n) copy_large(to, from, n);
}

GORO_INLINE void clear_element(void *to, size_t n) {
    for (char *p = to; n > 0; n--) {
        *p++ = 0;
        NO_IDIOM();
    }
}

#endif
