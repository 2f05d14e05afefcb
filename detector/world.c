/* Stopping the world: the asymmetric half of world.h, and what is done while it stands.
 *
 * Entering is a store and a load; the stopper pays for their order with membarrier(2), which makes every other thread
 * of the process pass a full barrier: whoever had not stored `inside` before it sees GATE_STOPPING after it.
 *
 * Always true
 *  1. While GATE_STOPPING is set, after the wait, no task but the stopper's caller is inside, and none gets in.
 *  2. Nobody who is inside needs the registry's lock, which is held over the wait.
 *
 * Threads: any may stop the world, one at a time, under `lock`.
 *
 * Not done: reference counts on paths and histories (two locked instructions at each access that changes a cell: 17 ns
 * here); a read-copy-update scheme with deferred frees (the mark needs a still picture of the shadow anyway). */
#include "detector/world.h"
#include "detector/frames.h"
#include "detector/heap.h"
#include "detector/history.h"
#include "detector/leftover.h"
#include "detector/lockorder.h"
#include "detector/ownership.h"
#include "detector/path.h"
#include "detector/shadow.h"
#include "detector/users.h"
#include "detector/waitgroup.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct engine_lock lock;

static bool gate_is(uint32_t bit) { return __atomic_load_n(&engine_gate, __ATOMIC_ACQUIRE) & bit; }

static void world_wait(struct det_task *t) {
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
    path_mark(t->wait.site);
}

static void mark_page(struct shadow_chunk *c, size_t page, void *arg) {
    uint32_t word = c->pages[page].word;

    (void)arg;
    if (word >> 1) history_mark(word >> 1);
    if (!(word & PAGE_TOUCHED)) return;
    for (size_t i = page * PAGE_GRANULES; i < (page + 1) * PAGE_GRANULES; i++) {
        const struct shadow_granule *at = &c->granules[i];
        struct granule g = {at->cells[0], at->cells[1], at->sites[0], at->sites[1]};

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
    if (!engine_is_single()) task_each_alive(wait_for, stopper);
    task_sweep_begin();
    task_each_alive(mark_task, NULL);
    shadow_each_page(mark_page, NULL);
    heap_mark();
    ownership_mark();
    lockorder_mark();
    leftover_mark();
    waitgroup_mark();
    frames_mark();
    users_mark();
    history_sweep();
    path_sweep();
    task_sweep_end();
}

/* From here on nobody enters; who is inside has yet to be waited for. */
static void close_gate(void) {
    gate_set(GATE_STOPPING);
    if (!engine_is_single() && !gate_is(GATE_FENCES)) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* Does what is wanted; the caller is not inside. */
static void world_work(struct det_task *t) {
    engine_lock_take(&lock);
    if (gate_is(GATE_WANTED)) {
        close_gate();
        reclaim(t);
        gate_clear(GATE_WANTED | GATE_STOPPING);
    }
    engine_lock_drop(&lock);
}

void world_enter_slow(struct det_task *t) {
    bool outermost = t->trail.inside == 1;

    if (outermost && gate_is(GATE_WANTED)) {
        world_leave(t);
        world_work(t);
        world_pass(t);
    }
    if (gate_is(GATE_FENCES)) __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (outermost && gate_is(GATE_STOPPING)) world_wait(t);
}

void world_stop(struct det_task *t) {
    engine_lock_take(&lock);
    close_gate();
    if (!engine_is_single()) task_each_alive(wait_for, t);
}

void world_go_on(void) {
    gate_clear(GATE_STOPPING);
    engine_lock_drop(&lock);
}

void world_hold(void) { engine_lock_take(&lock); }
void world_release(void) { engine_lock_drop(&lock); }

void world_engine_init(void) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0) gate_set(GATE_FENCES);
}
