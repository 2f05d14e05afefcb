/* What happens to memory as a whole: allocated, freed, mapped, given to a task as its stack.
 *
 * A free is a write of every byte of the block (happens-before.md), so it races with whatever is unordered with it;
 * afterwards the bytes carry a freed entry, which every later access finds, ordered or not, until the memory is
 * allocated again. Pages of which nothing was ever touched get one word instead.
 *
 * Threads: any. `t` may be NULL in det_alloc and det_free: memory that no task of ours has. */
#include "detector/access.h"
#include "detector/arena.h"
#include "detector/heap.h"
#include "detector/history.h"
#include "detector/path.h"
#include "detector/reorder.h"
#include "detector/shadow.h"
#include "detector/sync.h"
#include "detector/waitgraph.h"
#include "detector/world.h"

enum { GIVE_BACK_BYTES = 16 * PAGE_BYTES }; /* freed blocks from this size on return their shadow's memory */

void det_ignore_begin(struct det_task *t) { t->ignore++; }

void det_ignore_end(struct det_task *t) {
    if (t->ignore) t->ignore--;
}

/* Inside, with a task or (before main, say) without. */
static void enter(struct det_task *t) {
    if (t) world_enter(t);
    else world_hold();
}

static void leave(struct det_task *t) {
    if (t) world_leave(t);
    else world_release();
}

static void reset_alone(uintptr_t address, size_t n) {
    if (unlikely(reorder_on)) reorder_forget(address, n);
    shadow_prepare_reset(address, n, NULL);
    enter(NULL);
    shadow_reset(address, n, NULL);
    leave(NULL);
}

void det_alloc(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    ENGINE_SECTION;
    uint32_t site = PATH_LOST;

    if (address >> ADDRESS_BITS) return;
    if (unlikely(reorder_on)) reorder_forget(address, n);
    shadow_prepare_reset(address, n, t);
    enter(t);
    shadow_reset(address, n, t);
    if (t) site = trail_site(t, pc);
    if (t && t->record->kind != DET_MAIN) site = path_child(site, path_key(PATH_OWNER, (uintptr_t)t->record));
    heap_add(address, n, site);
    leave(t);
}

/* The freed block's whole pages are replaced by one word each. */
static void give_back(struct det_task *t, uintptr_t address, size_t n, uintptr_t pc) {
    uintptr_t low = (address + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
    uintptr_t high = (address + n) & ~(uintptr_t)(PAGE_BYTES - 1);
    uint32_t history;

    world_enter(t);
    history = history_freed(t->word, trail_site(t, pc));
    if (history) shadow_free_pages(low, high - low, history, t);
    world_leave(t);
}

size_t det_free(struct det_task *t, uintptr_t address, uintptr_t pc) {
    ENGINE_SECTION;
    struct heap_block b;
    uintptr_t held = 0;
    size_t n;

    enter(t);
    n = heap_remove(address);
    leave(t);
    if (n) held = sync_forget(address, n);
    if (unlikely(held) && t && !t->ignore) waitgraph_freed(t, held, pc);
    if (!t || t->ignore) return n;
    if (n) {
        det_range(t, address, n, DET_WRITE | DET_FREE, pc);
        if (n >= GIVE_BACK_BYTES) give_back(t, address, n, pc);
    } else if (heap_at(address, &b) && b.freed) {
        det_range(t, address, 1, DET_WRITE | DET_FREE, pc); /* freed twice */
    }
    return n;
}

void det_forget(uintptr_t address, size_t n) {
    ENGINE_SECTION;
    if (!n || address >> ADDRESS_BITS) return;
    sync_forget(address, n);
    reset_alone(address, n);
}

void det_task_stack(struct det_task *t, uintptr_t low, uintptr_t high) {
    ENGINE_SECTION;
    goro_assert(low <= high);
    t->stack_low = low;
    t->stack_high = high;
    if (low == high || high >> ADDRESS_BITS) return;
    sync_forget(low, high - low);
    reset_alone(low, high - low);
}
