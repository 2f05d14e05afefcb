/* Stopping the world: the asymmetric half of world.h, and what is done while it stands.
 *
 * Entering is a store and a load; the stopper pays for their order with membarrier(2), which makes every other thread
 * of the process pass a full barrier: whoever had not stored `inside` before it sees `stopping` after it.
 *
 * Always true
 *  1. While `stopping`, after the wait, no task but the stopper's caller is inside, and none gets in.
 *  2. Nobody who is inside needs the registry's lock, which is held over the wait.
 *
 * Threads: any may stop the world, one at a time, under `lock`.
 *
 * Not done: reference counts on paths and histories (two locked instructions at each access that changes a cell: 17 ns
 * here); a read-copy-update scheme with deferred frees (the mark needs a still picture of the shadow anyway). */
#include "detector/world.h"
#include "detector/heap.h"
#include "detector/history.h"
#include "detector/path.h"
#include "detector/shadow.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

bool world_wanted, world_stopping, world_fences;
static struct engine_lock lock;

void world_wait(struct det_task *t) {
    __atomic_store_n(&t->trail.inside, 0, __ATOMIC_RELEASE); /* pairs with the load in wait_for */
    engine_lock_take(&lock);                                 /* until the stopper is done */
    __atomic_store_n(&t->trail.inside, 1, __ATOMIC_RELAXED);
    /* Under the lock nobody can begin to stop the world, and who takes it next sees that store. */
    engine_lock_drop(&lock);
}

static void wait_for(struct det_task *t, void *arg) {
    if (t == arg) return;
    /* acquire: pairs with the releases in world_leave and world_wait */
    while (__atomic_load_n(&t->trail.inside, __ATOMIC_ACQUIRE)) sched_yield();
}

static void mark_task(struct det_task *t, void *arg) {
    (void)arg;
    trail_mark(t);
}

static void mark_page(struct shadow_chunk *c, size_t page, void *arg) {
    uint32_t word = c->pages[page];

    (void)arg;
    if (word >> 1) history_mark(word >> 1);
    if (!(word & PAGE_TOUCHED)) return;
    for (size_t i = page * PAGE_GRANULES; i < (page + 1) * PAGE_GRANULES; i++) {
        struct granule g = {c->cells[i][0], c->cells[i][1], c->sites[i][0], c->sites[i][1]};

        if (granule_is_extended(&g)) history_mark(history_of(&g));
        else {
            if (g.w) path_mark(g.ws & SITE_PATH), task_mark(cell_stamp(g.w));
            if (g.r) path_mark(g.rs & SITE_PATH), task_mark(cell_stamp(g.r));
        }
    }
}

/* A task born between the passes has nothing of its own but its creation site, which is pinned, and cannot enter. One
 * that ends in between only leaves things marked. */
static void reclaim(struct det_task *stopper) {
    if (!engine.single) task_each_alive(wait_for, stopper);
    task_sweep_begin();
    task_each_alive(mark_task, NULL);
    shadow_each_page(mark_page, NULL);
    heap_mark();
    history_sweep();
    path_sweep();
    task_sweep_end();
}

void world_work(struct det_task *t) {
    engine_lock_take(&lock);
    if (__atomic_load_n(&world_wanted, __ATOMIC_RELAXED)) {
        __atomic_store_n(&world_stopping, true, __ATOMIC_SEQ_CST);
        if (!engine.single && !world_fences) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
        reclaim(t);
        __atomic_store_n(&world_wanted, false, __ATOMIC_RELAXED);
        __atomic_store_n(&world_stopping, false, __ATOMIC_RELEASE); /* pairs with the load in world_enter */
    }
    engine_lock_drop(&lock);
}

/* A child process has only the thread that forked: whatever another was holding inside would stay held for ever. So
 * nobody is inside at that moment. */
void det_fork_before(struct det_task *t) {
    engine_lock_take(&lock);
    __atomic_store_n(&world_stopping, true, __ATOMIC_SEQ_CST);
    if (!engine.single && !world_fences) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    if (!engine.single) task_each_alive(wait_for, t);
}

void det_fork_after(void) {
    __atomic_store_n(&world_stopping, false, __ATOMIC_RELEASE); /* pairs with the load in world_enter */
    engine_lock_drop(&lock);
}

void world_hold(void) { engine_lock_take(&lock); }
void world_release(void) { engine_lock_drop(&lock); }

void world_engine_init(void) {
    world_wanted = world_stopping = false;
    world_fences = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0;
}
