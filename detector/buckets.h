/* The buckets of an interning hash table: heads of lists of 32-bit numbers, read without a lock, doubled under one.
 *
 * Doubling moves the members while others walk the lists. Such a walk still ends, because every list does, but it may
 * end in another list and so miss its member: a reader that finds nothing must look again under the lock, which it
 * does anyway before it inserts. The old heads stay mapped until the world has been stopped. */
#ifndef GORO_DETECTOR_BUCKETS_H
#define GORO_DETECTOR_BUCKETS_H

#include "detector/arena.h"

struct buckets {
    struct buckets *retired; /* the smaller table before, still readable */
    uint32_t mask;
    uint32_t heads[];
};

GORO_INLINE size_t buckets_bytes(uint32_t mask) { return sizeof(struct buckets) + ((size_t)mask + 1) * sizeof(uint32_t); }

/* `count` is a power of two. NULL: no memory. */
GORO_INLINE struct buckets *buckets_new(size_t count) {
    struct buckets *b = arena_map(buckets_bytes((uint32_t)(count - 1)));

    if (b) b->mask = (uint32_t)(count - 1);
    return b;
}

GORO_INLINE void buckets_free(struct buckets *b) {
    while (b) {
        struct buckets *old = b->retired;

        arena_unmap(b, buckets_bytes(b->mask));
        b = old;
    }
}

/* The first member of a hash's list. acquire: pairs with the release in buckets_link, so that a member is seen whole. */
GORO_INLINE uint32_t buckets_head(struct buckets *const *table, uint32_t hash) {
    const struct buckets *b = __atomic_load_n(table, __ATOMIC_ACQUIRE);

    return __atomic_load_n(&b->heads[hash & b->mask], __ATOMIC_ACQUIRE);
}

/* Puts a complete member at the front of its list; *next is its link. Under the table's lock. */
GORO_INLINE void buckets_link(struct buckets *b, uint32_t hash, uint32_t member, uint32_t *next) {
    uint32_t *head = &b->heads[hash & b->mask];

    __atomic_store_n(next, *head, __ATOMIC_RELAXED); /* relaxed: for a reader that walks while members move */
    __atomic_store_n(head, member, __ATOMIC_RELEASE);
}

#endif
