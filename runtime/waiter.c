/* The parts of waiter.h that are not worth inlining. */
#include "runtime/waiter.h"

unsigned queue_check(const struct goro_queue_ *q) {
    unsigned n = 0;
    const struct waiter *prev = NULL;
    for (const struct waiter *w = q->first; w; prev = w, w = w->next, n++) {
        goro_assert(w->queue == q);
        goro_assert(w->prev == prev);
        goro_assert(w->g != NULL);
    }
    goro_assert(q->last == prev);
    return n;
}

void object_copied(const void **self, const void *object, struct goro_queue_ *q, bool used, uintptr_t pc) {
    if (*self) {
        if (used) hook_misuse(HOOK_GM003_COPIED, object, pc);
        *q = (struct goro_queue_){NULL, NULL};
    }
    *self = object;
    hook_lock_new(object);
}
