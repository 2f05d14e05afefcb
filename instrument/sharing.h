/* Choice points at plain accesses, when schedules are explored: only where two goroutines meet.
 *
 * A program without races needs none: to try all orders of its synchronisation is enough (Musuvathi and Qadeer, PLDI 2007).
 * A check-then-act on a plain variable needs one between the two. Which instructions these are is learned: the two accesses
 * of a pair that meets (det_meets_another) are marked by their pc. What the probe has marked all schedules know from the
 * start, so that the first access of a pair is a choice, too; what a schedule marks besides it knows from then on.
 *
 * Threads: one goroutine at a time, outside the runtime. */
#ifndef GORO_INSTRUMENT_SHARING_H
#define GORO_INSTRUMENT_SHARING_H

#include "instrument/front.h"

/* Before an access is made, while schedules are explored: another goroutine may be put on. */
GORO_COLD void sharing_access(uintptr_t address, size_t size, unsigned kind, uintptr_t pc);

/* Before an atomic operation, which weighs so much fuel. */
GORO_COLD void sharing_atomic(uintptr_t address, size_t size, bool writes, int32_t cost, uintptr_t pc);

/* Before a lock of the C library's is taken, while schedules are steered: its caller may be put aside. */
GORO_COLD void sharing_lock(uintptr_t pc);

/* An access of any size, with that before it. */
GORO_INLINE void sharing_range(uintptr_t address, size_t n, unsigned kind, uintptr_t pc) {
    if (unlikely(strategy_explores) && n) sharing_access(address, n, kind, pc);
    det_range(front_task(), address, n, kind, pc);
}

/* Marks that others have made; before the first goroutine. */
void sharing_learn(const uint16_t *marks, size_t n);
/* Those that this process has made. */
size_t sharing_news(const uint16_t **marks);

#endif
