/* A P's run queue: `next`, then a ring that grows. Its owner needs no atomic operation (g.h, invariant 2); others
 * read the counts as hints.
 *
 * Not done: a lock-free ring that others steal from (Go's): its pop is a compare-and-swap, 8.5 ns here, at every
 * switch. Owners give work away instead when somebody asks (idle.c), and who is in user code is robbed behind a
 * barrier that only the robber pays. */
#ifndef GORO_RUNTIME_RUNQ_H
#define GORO_RUNTIME_RUNQ_H

#include "runtime/g.h"

void runq_grow(struct runq *q);

/* Goroutines in the ring; a hint unless called by the owner. */
GORO_INLINE uint32_t runq_ring_count(const struct runq *q) {
    return hint_get(q->tail) - hint_get(q->head);
}

GORO_INLINE bool runq_has_next(const struct runq *q) { return hint_get(q->next) != NULL; }

GORO_INLINE void runq_push(struct runq *q, struct g *g) {
    if (unlikely(q->tail - q->head > q->mask || !q->ring)) runq_grow(q);
    q->ring[q->tail & q->mask] = g;
    hint_set(q->tail, q->tail + 1);
}

/* The one that has waited longest; NULL if none. */
GORO_INLINE struct g *runq_pop(struct runq *q) {
    if (q->head == q->tail) return NULL;
    struct g *g = q->ring[q->head & q->mask];
    hint_set(q->head, q->head + 1);
    return g;
}

GORO_INLINE struct g *runq_take_next(struct runq *q) {
    struct g *g = q->next;
    hint_set(q->next, NULL);
    return g;
}

/* g runs as soon as the running one parks; who was to run then goes to the end of the ring. */
GORO_INLINE void runq_put_next(struct runq *q, struct g *g) {
    struct g *old = q->next;
    hint_set(q->next, g);
    if (old) runq_push(q, old);
}

/* Moves the i-th goroutine in line (0: next) to where the next pick takes it. i < runq_total. */
void runq_promote(struct runq *q, uint32_t i);
GORO_INLINE uint32_t runq_total(const struct runq *q) { return runq_ring_count(q) + runq_has_next(q); }

/* -- lists: the global queue, mail ------------------------------------------------------------------------- */

void g_list_push(struct g_list *l, struct g *g);
struct g *g_list_pop(struct g_list *l);
/* Moves the longest waiting half of the ring, at most `limit` and at least one if there is one, to the list. */
uint32_t runq_move_half(struct runq *q, struct g_list *to, uint32_t limit);

#endif
