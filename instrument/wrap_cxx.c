/* C++'s local statics: who makes one comes before all who find it made. The compiler's own look at the guard is an atomic
 * load of it, so the clock is the guard's. Only in programs that are linked dynamically: a static C program has no such
 * functions behind these. */
#include "instrument/wrap.h"

#ifndef GORO_WRAP_STATIC
int WRAP(__cxa_guard_acquire)(int64_t *guard) {
    int mine = REAL(__cxa_guard_acquire)(guard);
    if (!mine && wrap_sees_sync(FRONT_HERE)) det_acquire(front_task(), det_sync_at((uintptr_t)guard));
    return mine;
}
void WRAP(__cxa_guard_release)(int64_t *guard) {
    if (wrap_sees_sync(FRONT_HERE)) det_merge(front_task(), det_sync_at((uintptr_t)guard));
    REAL(__cxa_guard_release)(guard);
}
#endif
