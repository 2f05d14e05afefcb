/* The inlined part of the facade: what an instrumented program does at every access and every call.
 *
 * Kept small on purpose: the same-epoch test of FastTrack (Flanagan and Freund, PLDI 2009) and nothing else; all
 * other cases go to det_access_slow. */
#ifndef GORO_DETECTOR_ACCESS_H
#define GORO_DETECTOR_ACCESS_H

#include "detector/detector.h"
#include "runtime/base/base.h"

/* An aligned or unaligned access of 1, 2, 4, 8 or 16 bytes. `size` and `kind` should be constants. */
GORO_INLINE void det_access(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc);
/* Function entry (pc: the return address of the call that entered it) and exit. */
GORO_INLINE void det_enter(struct det_task *t, uintptr_t pc);
GORO_INLINE void det_leave(struct det_task *t);

/* A first form without a fast path; the engine's own layout replaces it. */
void det_access_slow(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc);
void det_enter_slow(struct det_task *t, uintptr_t pc);
void det_leave_slow(struct det_task *t);

GORO_INLINE void det_access(struct det_task *t, uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    det_access_slow(t, address, size, kind, pc);
}
GORO_INLINE void det_enter(struct det_task *t, uintptr_t pc) { det_enter_slow(t, pc); }
GORO_INLINE void det_leave(struct det_task *t) { det_leave_slow(t); }

#endif
