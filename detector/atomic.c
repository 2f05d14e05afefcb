/* C11 atomics: which edges an atomic operation makes, by its order (C11 5.1.2.4 and 7.17.3; C17 is the same).
 *
 * An address's board holds what the release sequences that end in its present value have published:
 *
 *     release store        the board becomes the task's publication: a new sequence
 *     release RMW          merges into it: the sequences before go on, one more begins
 *     relaxed RMW          leaves it alone: the sequences go on
 *     relaxed store        ends the sequences that others began; one begun by the same task goes on (C11 and C17;
 *                          C++20 ends these too: a C program that relies on them is right, so we follow C)
 *     acquire load or RMW  learns the board
 *     relaxed load or RMW  notes the board down, for an acquire fence that may follow
 *     release fence        makes a publication, which every later relaxed store or RMW of the task publishes too
 *
 * Sequential consistency counts as acquire and release; consume as acquire.
 *
 * Always true
 *  1. The access itself is checked after what the operation acquires, and before what it releases: a plain write
 *     before the releasing store to the same address is ordered with the load that read it.
 *
 * Threads: between begin and end the address's clock is locked, if it has one. Relaxed operations and loads make none.
 *
 * Not done: telling apart the parts of a board that several tasks released into. If one of them then stores relaxed,
 * all of it stays, where C11 would keep that task's part only (so a race may be missed, nothing is invented): it would
 * cost a publication copied at each release RMW, for an order of events that nobody has shown us. */
#include "detector/access.h"
#include "detector/arena.h"
#include "detector/sync.h"
#include "detector/task.h"

enum { SEEN_MAX = 8 };
#define RELEASERS_MANY UINT32_MAX

struct task_fences {
    struct board seen;       /* what relaxed loads saw since the last acquire fence */
    struct publication left; /* by the last release fence */
    bool has_left;
};

static bool acquires(int order) {
    return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}
static bool releases(int order) {
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

static struct task_fences *fences_of(struct det_task *t) {
    if (!t->fences) {
        t->fences = arena_zalloc_essential(sizeof *t->fences);
        board_init(&t->fences->seen);
        clock_init(&t->fences->left.tree);
    }
    return t->fences;
}

static bool has_left(const struct det_task *t) { return t->fences && t->fences->has_left; }

void atomic_task_end(struct det_task *t) {
    if (!t->fences) return;
    board_clear(&t->fences->seen);
    publication_drop(&t->fences->left);
    arena_free(t->fences, sizeof *t->fences);
}

/* -- release sequences ------------------------------------------------------------------------------------------------ */

static void begin_sequence(struct det_sync *s, const struct det_task *t) {
    s->releasers[0] = t->slot + 1;
    s->releasers[1] = 0;
}

static void join_sequence(struct det_sync *s, const struct det_task *t) {
    uint32_t me = t->slot + 1;
    if (!s->releasers[0]) s->releasers[0] = me;
    else if (!s->releasers[1] && s->releasers[0] != me) s->releasers[1] = me;
    else if (s->releasers[0] != me && s->releasers[1] != me) s->releasers[1] = RELEASERS_MANY;
}

/* Has t released into the sequences that end in the present value? May say yes although it has not, if many have and
 * one of them has heard of t. */
static bool is_in_sequence(struct det_sync *s, const struct det_task *t) {
    if (s->releasers[0] == t->slot + 1 || s->releasers[1] == t->slot + 1) return true;
    return s->releasers[1] == RELEASERS_MANY && board_heard(&s->board, t->slot) >= t->record->first;
}

static void release_left(struct det_sync *s, const struct det_task *t) {
    struct publication p;
    publication_copy(&p, &t->fences->left);
    board_add_publication(&s->board, &p);
    join_sequence(s, t);
}

static void store_relaxed(struct det_sync *s, const struct det_task *t) {
    if (!is_in_sequence(s, t)) {
        board_clear(&s->board);
        s->releasers[0] = s->releasers[1] = 0;
    }
    if (has_left(t)) release_left(s, t);
}

/* -- operations --------------------------------------------------------------------------------------------------------- */

static void read_board(struct det_sync *s, struct det_task *t, int order) {
    if (acquires(order)) board_learn(&s->board, t);
    else if (!board_is_known(&s->board, t)) board_add_board(&fences_of(t)->seen, &s->board, SEEN_MAX);
}

static void write_board(struct det_sync *s, struct det_task *t, enum det_atomic_op op, int order) {
    if (!releases(order)) {
        if (op == DET_ATOMIC_STORE) store_relaxed(s, t);
        else if (has_left(t)) release_left(s, t);
        return;
    }
    if (op == DET_ATOMIC_STORE) {
        begin_sequence(s, t);
        board_set(&s->board, t);
    } else {
        join_sequence(s, t);
        board_add(&s->board, t);
    }
}

struct det_atomic det_atomic_begin(struct det_task *t, uintptr_t address, size_t size, enum det_atomic_op op, uintptr_t pc) {
    bool section = engine_enter(), relaxed = op & DET_ATOMIC_RELAXED;
    op &= ~DET_ATOMIC_RELAXED;
    bool needs_clock = op != DET_ATOMIC_LOAD && (!relaxed || has_left(t));
    struct det_sync *s = needs_clock ? sync_at_locked(address) : sync_find_locked(address);
    return (struct det_atomic){.sync = s, .task = t, .address = address, .size = size, .pc = pc,
                               .section = section};
}

void det_atomic_end(struct det_atomic a, enum det_atomic_op op, int order) {
    bool section __attribute__((cleanup(engine_leave), unused)) = a.section;
    struct det_sync *s = a.sync;
    struct det_task *t = a.task;
    op &= ~DET_ATOMIC_RELAXED;
    /* The first release to the address may have come between begin and the operation: then this one has read it. */
    if (!s && op != DET_ATOMIC_STORE) s = sync_find_locked(a.address);
    if (s && op != DET_ATOMIC_STORE) read_board(s, t, order);
    det_access(t, a.address, a.size, DET_ATOMIC | (op == DET_ATOMIC_LOAD ? DET_READ : DET_WRITE), a.pc);
    if (!s) return;
    if (op != DET_ATOMIC_LOAD) write_board(s, t, op, order);
    engine_lock_drop(&s->lock);
    if (op != DET_ATOMIC_LOAD && releases(order)) task_advance(t);
}

void det_fence(struct det_task *t, int order) {
    ENGINE_SECTION;
    if (acquires(order) && t->fences) {
        board_learn(&t->fences->seen, t);
        board_clear(&t->fences->seen);
    }
    if (releases(order)) {
        struct task_fences *f = fences_of(t);
        publication_drop(&f->left);
        publication_make(&f->left, t);
        f->has_left = true;
        task_advance(t);
    }
}
