/* What the wrappers of pthread's and C11's calls tell the engine, told to a trace, too (trace_out.h): threads have tracks as
 * goroutines do. As det_lock_taken and the others; without a trace each costs one test of a flag besides. */
#ifndef GORO_INSTRUMENT_TOLD_H
#define GORO_INSTRUMENT_TOLD_H

#include "detector/detector.h"
#include "instrument/trace_out.h"

GORO_INLINE void told_lock_taken(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how,
                                 uintptr_t pc) {
    trace_event(t, LOCK, kind, lock, (how & DET_LOCK_READ) != 0, pc);
    det_lock_taken(t, kind, lock, how, pc);
}
GORO_INLINE bool told_lock_dropped(struct det_task *t, enum finding_object kind, uintptr_t lock, unsigned how,
                                   uintptr_t pc) {
    trace_event(t, UNLOCK, kind, lock, (how & DET_LOCK_READ) != 0, pc);
    return det_lock_dropped(t, lock, how);
}
GORO_INLINE void told_block(struct det_task *t, enum finding_object kind, uintptr_t object, uintptr_t pc) {
    trace_event(t, BLOCK, kind, object, 0, pc);
    det_block(t, kind, object, pc);
}
GORO_INLINE void told_wake(struct det_task *t) {
    trace_event(t, UNBLOCK, 0, 0, 0, 0);
    det_wake(t);
}
/* kind 0: part of an operation on a lock that has been told. */
GORO_INLINE void told_acquire(struct det_task *t, struct det_sync *s, enum finding_object kind, uintptr_t object,
                              uintptr_t pc) {
    trace_event(t, ACQUIRE, kind, (uintptr_t)s, object, pc);
    det_acquire(t, s);
}
GORO_INLINE void told_merge(struct det_task *t, struct det_sync *s, enum finding_object kind, uintptr_t object,
                            uintptr_t pc) {
    trace_event(t, RELEASE, kind, (uintptr_t)s, object, pc);
    det_merge(t, s);
}

#endif
