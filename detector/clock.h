/* Clocks: what is known of every slot, as a persistent radix tree.
 *
 * A *tree* maps slots to epochs: 16 epochs in a leaf, 16 children in a node, nodes counted by reference and immutable
 * while shared; a tree that is referred to once is changed in place. A reference to a tree is 16 bytes: root and
 * height; copying it is one count. Up to 16 slots it is a single leaf: a flat vector.
 *
 * A slot that a tree does not hold reads as epoch 0. When memory runs out, a tree that cannot be built knows everything
 * (EPOCH_MAX everywhere): order is then invented and races may be lost, which is said, but nothing false is reported.
 * So nothing here fails.
 *
 * Threads: a tree variable by one thread at a time (its owner's lock); nodes may be shared between any. */
#ifndef GORO_DETECTOR_CLOCK_H
#define GORO_DETECTOR_CLOCK_H

#include "detector/arena.h"
#include "detector/epoch.h"

enum { CLOCK_FAN_BITS = 4, CLOCK_FAN = 1 << CLOCK_FAN_BITS, CLOCK_HEIGHT_MAX = SLOT_BITS / CLOCK_FAN_BITS - 1 };

struct clock_node {
    uint32_t refs;
    uint32_t level; /* 0: a leaf */
    union {
        int32_t epoch[CLOCK_FAN];
        uint32_t child[CLOCK_FAN]; /* arena handles; a missing child is the empty node of its level */
    };
};
_Static_assert(sizeof(struct clock_node) == 72, "a node is its 16 entries and 8 bytes");

struct clock_tree {
    struct clock_node *root; /* never NULL once initialised */
    uint32_t height;         /* the root's level */
};

uint32_t clock_get_deep(const struct clock_tree *c, uint32_t slot);

/* The epoch known of a slot. */
GORO_INLINE uint32_t clock_get(const struct clock_tree *c, uint32_t slot) {
    if (likely(c->height == 0)) return slot < CLOCK_FAN ? (uint32_t)c->root->epoch[slot] : 0;
    return clock_get_deep(c, slot);
}

/* The tree that knows nothing is the zeros at handle 0. */
GORO_INLINE struct clock_node *clock_empty(void) { return (struct clock_node *)arena_base; }
GORO_INLINE void clock_init(struct clock_tree *c) { *c = (struct clock_tree){.root = clock_empty()}; }
/* Would a change have to copy? */
GORO_INLINE bool clock_is_shared(const struct clock_tree *c) {
    return __atomic_load_n(&c->root->refs, __ATOMIC_RELAXED) != 1; /* a hint: the change itself looks again */
}
void clock_drop(struct clock_tree *c); /* gives the reference up; c knows nothing afterwards */
void clock_copy(struct clock_tree *to, const struct clock_tree *from); /* `to` is overwritten, its tree dropped */
void clock_raise(struct clock_tree *c, uint32_t slot, uint32_t epoch); /* to at least `epoch` */
/* Pointwise maximum; true if `to` changed. both: what both contain already, the newer the better; NULL: not known. */
bool clock_join(struct clock_tree *to, const struct clock_tree *from, const struct clock_tree *both);
/* A leaf that is nobody else's: it may be changed as it lies there. */
GORO_INLINE bool clock_is_own_leaf(const struct clock_tree *c) {
    return c->height == 0 &&
           __atomic_load_n(&c->root->refs, __ATOMIC_ACQUIRE) == 1; /* pairs with the last other's drop */
}
/* Of two own leaves. Both become their maximum; `said` becomes what `c` was, and `c` their maximum. */
void clock_meet_leaves(struct clock_tree *a, struct clock_tree *b);
void clock_swap_leaves(struct clock_tree *c, struct clock_tree *said);
void clock_know_all(struct clock_tree *c);
GORO_INLINE bool clock_knows_all(const struct clock_tree *c) {
    return unlikely(c->height == CLOCK_HEIGHT_MAX) && clock_get_deep(c, SLOT_NOBODY) == EPOCH_MAX;
}
void clock_check(const struct clock_tree *c);

void clock_engine_init(void);
void clock_thread_end(void);
/* Nodes that some tree refers to. Slow; alone, in single mode: for tests. */
uint64_t clock_nodes_alive(void);

#endif
