/* fork(): a child process has only the thread that forked, and whatever another was holding would stay held for ever,
 * half changed. So no lock of the engine is held at that moment, and nobody is inside the world.
 *
 * The locks are taken in whatever order they come, but never waited for with others in hand: a thread that holds one may
 * be waiting for another, or for the world. If one cannot be had soon, all are given back, and it begins anew.
 *
 * Threads: any; one at a time, under the world's lock.
 *
 * Not held: the locks of clocks that have no address, those of channels and joins. A child that used goroutines before may
 * only exec or exit. */
#include "detector/fork.h"
#include "detector/engine.h"
#include "detector/shadow.h"
#include "detector/sync.h"
#include "detector/tenancy.h"
#include "detector/world.h"

#include <sched.h>

enum { KEPT_MAX = 128 };
static struct {
    struct engine_lock *locks[KEPT_MAX];
    unsigned count;
    bool section; /* of the thread that forks */
} kept;

void engine_lock_keep(struct engine_lock *l) {
    goro_assert(kept.count < KEPT_MAX);
    kept.locks[kept.count++] = l;
}

static void drop_kept(unsigned n) {
    while (n) engine_lock_drop(kept.locks[--n]);
}

static bool take_all(void) {
    unsigned n = 0;

    while (n < kept.count && engine_lock_try(kept.locks[n])) n++;
    if (n == kept.count && sync_take_all_locked()) return true;
    drop_kept(n);
    return false;
}

void det_fork_before(struct det_task *t) {
    bool section = engine_enter();

    for (;;) {
        world_stop(t);
        if (take_all()) break;
        world_go_on();
        sched_yield();
    }
    kept.section = section; /* under the locks, or alone */
}

/* Who was about to make a page its own will not go on in the child. */
static void share_busy_pages(struct shadow_chunk *c, size_t page, void *arg) {
    (void)arg;
    if (c->pages[page].tenant == TENANT_BUSY) c->pages[page].tenant = TENANT_SHARED;
}

void det_fork_after(bool in_child) {
    bool section __attribute__((cleanup(engine_leave), unused)) = kept.section;

    if (in_child && !engine_is_single()) shadow_each_page(share_busy_pages, NULL);
    sync_drop_all_locked();
    drop_kept(kept.count);
    world_go_on();
}

void fork_engine_init(void) { kept.count = 0; }
