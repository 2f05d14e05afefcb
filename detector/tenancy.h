/* Pages of the shadow that one thread has to itself, so that it may change their granules without a lock.
 *
 * Most memory is only ever touched by one thread, and a locked instruction costs as much as the rest of the slow path
 * (8.5 ns). So in parallel mode a page has a *tenant*: the thread that first needed it. (Goroutines that take turns on a
 * thread are one tenant: det_task_on_thread.) The tenant changes granules with
 * plain loads and stores while it is inside the world. Whoever else needs the page takes the tenancy away first: it
 * makes the page busy, passes a barrier on all processors, and waits until the tenant is not inside. After a few such
 * moves the page is shared for good, and its granules are changed under their lock bits. This is biased locking
 * (Kawachiya et al., OOPSLA 2002) with the kernel's barrier in place of signals.
 *
 * Threads: any. tenancy_settle is called outside the world, and not with locks. */
#ifndef GORO_DETECTOR_TENANCY_H
#define GORO_DETECTOR_TENANCY_H

#include "detector/shadow.h"
#include "detector/task.h"

/* A page's tenant: TENANT_NONE yet, a task's trail.page.tenant, or one of these. */
enum {
    TENANT_NONE = 0,
    TENANT_SHARED = -1,
    TENANT_BUSY = -2,
    TENANT_NEVER = -3 /* of a goroutine on an unknown thread: matches none */
};

GORO_INLINE int32_t tenancy_of(const struct shadow_chunk *c, size_t page) {
    /* acquire: pairs with the release in evict, so that we see what former tenants wrote without locks */
    return __atomic_load_n(&c->pages[page].tenant, __ATOMIC_ACQUIRE);
}

/* May t (NULL: nobody in particular), inside, change granules of the page under their locks? */
GORO_INLINE bool tenancy_allows(const struct shadow_chunk *c, size_t page, const struct det_task *t) {
    int32_t tenant = tenancy_of(c, page);

    return tenant == TENANT_SHARED || (t && tenant == t->trail.page.tenant);
}

/* Returns when the page is t's own or shared. t NULL: shared. */
GORO_COLD void tenancy_settle(struct shadow_chunk *c, size_t page, struct det_task *t);

#endif
