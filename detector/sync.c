/* The edges: acquire, release, merge, exchange, copy and rendezvous, as happens-before.md defines them.
 *
 * Always true
 *  1. A task is advanced after each publication and before it learns anything more: a stamp is published once, with
 *     what its task knew then (epoch.h, Always true 3).
 *
 * Threads: each object's board is under its lock. A rendezvous touches the two tasks only. */
#include "detector/sync.h"
#include "detector/arena.h"
#include "detector/preserve.h"
#include "detector/reorder.h"
#include "detector/task.h"

void det_acquire(struct det_task *t, struct det_sync *s) {
    ENGINE_SECTION;
    if (unlikely(reorder_on)) {
        if (reorder_leaves_out(s)) return;
        preserve_operation(t);
    }
    engine_lock_take(&s->lock);
    board_learn(&s->board, t);
    engine_lock_drop(&s->lock);
}

void det_release(struct det_task *t, struct det_sync *s) {
    ENGINE_SECTION;
    if (unlikely(reorder_on)) preserve_operation(t);
    engine_lock_take(&s->lock);
    board_set(&s->board, t);
    engine_lock_drop(&s->lock);
    task_advance(t);
}

void det_merge(struct det_task *t, struct det_sync *s) {
    ENGINE_SECTION;
    if (unlikely(reorder_on)) {
        if (reorder_leaves_out(s)) return;
        preserve_operation(t);
    }
    engine_lock_take(&s->lock);
    board_add(&s->board, t);
    engine_lock_drop(&s->lock);
    task_advance(t);
}

void det_exchange(struct det_task *t, struct det_sync *s) {
    ENGINE_SECTION;
    if (unlikely(reorder_on)) preserve_operation(t);
    engine_lock_take(&s->lock);
    if (likely(board_exchange_leaf(&s->board, t))) {
        engine_lock_drop(&s->lock);
        return;
    }
    struct board old = s->board;
    board_init(&s->board);
    board_set(&s->board, t);
    engine_lock_drop(&s->lock);
    task_advance(t);
    board_learn(&old, t);
    board_clear(&old);
}

void det_sync_copy(struct det_sync *to, struct det_sync *from) {
    struct board said, old;
    board_init(&said);
    engine_lock_take(&from->lock);
    board_add_board(&said, &from->board, 1);
    engine_lock_drop(&from->lock);
    engine_lock_take(&to->lock);
    old = to->board;
    to->board = said;
    engine_lock_drop(&to->lock);
    board_clear(&old);
}

void det_rendezvous(struct det_task *a, struct det_task *b) {
    ENGINE_SECTION;
    if (unlikely(reorder_on)) {
        preserve_operation(a);
        preserve_operation(b);
        preserve_operation(a); /* each goes on behind the other's part */
    }
    publication_swap(a, b);
}
