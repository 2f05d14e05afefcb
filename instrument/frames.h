/* Which calls' frames the user's pointers point into. */
#ifndef GORO_INSTRUMENT_FRAMES_H
#define GORO_INSTRUMENT_FRAMES_H

#include "detector/access.h"

enum { FRAMES_WORDS = 8 /* that are looked at, of one value */ };

/* The task, which runs, has given others this address, on its own stack: the frame it lies in is watched
 * (detector/frames.h). */
GORO_NOINLINE void frames_given_address(struct det_task *t, uintptr_t address);

/* It has given these values, of which some may be addresses; NULL: nobody's. */
GORO_INLINE void frames_given(struct det_task *t, const uint64_t *values, size_t count) {
    for (size_t i = 0; t && i < count; i++)
        if (unlikely(det_on_stack(t, values[i]))) frames_given_address(t, values[i]);
}

/* The same of the words of a value of any type. */
GORO_INLINE void frames_given_in(struct det_task *t, const void *value, size_t n) {
    for (size_t i = 0; i < FRAMES_WORDS && (i + 1) * sizeof(uint64_t) <= n; i++) {
        uint64_t word;
        __builtin_memcpy(&word, (const char *)value + i * sizeof word, sizeof word);
        frames_given(t, &word, 1);
    }
}

/* The call that returns at pc leaves its frame, which is watched, or has none to leave. */
void frames_left(uintptr_t pc);

#endif
