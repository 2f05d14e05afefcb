/* Publications: what a task said when it released, and how another comes to know it.
 *
 * A publication is a tree and three words about it that make most joins unnecessary:
 *
 *     stamp   who knows this stamp knows all of the publication (epoch.h, Always true 3). PUBLICATION_OWN says that
 *             the stamp itself, the publisher's epoch, is part of what was said; without it the stamp is only that
 *             of somebody who has heard it all. 0: nobody can be said to
 *     base    a clock that knows base knows all of the publication but its own stamp
 *     weight  a Lamport clock: whoever heard it has a greater weight. Orders publications by what they contain
 *
 * Learning tries, in this order: is the stamp known (nothing to do)? Does the learner know the base (one entry to
 * raise)? Does the publication contain the learner's own base, or all that the learner knows but one stamp (the learner
 * takes a reference to the tree)? Only then are trees joined.
 *
 * A *board* collects publications that were merged, and folds them when somebody asks: heaviest first, so that nearly
 * all the others are single entries.
 *
 * Threads: whoever holds the lock of what the publication or board is part of. */
#ifndef GORO_DETECTOR_PUBLICATION_H
#define GORO_DETECTOR_PUBLICATION_H

#include "detector/clock.h"
#include "detector/task.h"

#define PUBLICATION_OWN ((uint64_t)1 << 63)

struct publication {
    struct clock_tree tree; /* the publisher's knowledge of others; its own entry may lag behind the stamp */
    uint64_t stamp, base, weight;
};

/* All that was published at one place and still counts. */
struct board {
    struct publication main;
    struct board_queue *queue; /* not yet folded into main; NULL: none */
};

void board_init(struct board *b); /* says nothing */
void board_clear(struct board *b);
GORO_INLINE bool board_is_empty(const struct board *b) {
    return !b->queue && !b->main.stamp && b->main.tree.root == clock_empty();
}

/* What the task would say now; a new reference. The caller advances the task when it has become public. */
void publication_make(struct publication *p, const struct det_task *t);
void publication_copy(struct publication *to, const struct publication *from);
void publication_drop(struct publication *p);
/* Does t know all of it? May say no although it does. */
bool publication_is_known(const struct publication *p, const struct det_task *t);
/* t comes to know all of it. p's tree may get its own entry filled in, and p a stamp that it lacked. */
void publication_learn(struct publication *p, struct det_task *t);
/* Each says what it knows and comes to know what the other said; both are advanced. */
void publication_swap(struct det_task *a, struct det_task *b);

/* Replaces all by what t says now (t is not advanced). */
void board_set(struct board *b, const struct det_task *t);
/* Adds what t says now (t is not advanced). */
void board_add(struct board *b, const struct det_task *t);
/* Adds a publication, whose reference is taken over. */
void board_add_publication(struct board *b, struct publication *p);
/* Adds all that another board says; folds when more than queue_max have been added without anybody asking. */
void board_add_board(struct board *to, struct board *from, uint32_t queue_max);
/* Does t know all of it? May say no although it does. */
bool board_is_known(const struct board *b, const struct det_task *t);
/* t comes to know all of it. */
void board_learn(struct board *b, struct det_task *t);
/* What t says now takes its place, t is advanced and comes to know all that it said. False: nothing is done, for not both are
 * leaves. */
bool board_exchange_leaf(struct board *b, struct det_task *t);
/* What it says of a slot: the newest epoch. */
uint32_t board_heard(struct board *b, uint32_t slot);
void board_check(const struct board *b);

#endif
