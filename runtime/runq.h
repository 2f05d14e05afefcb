/* The goroutines that wait for a P. Its owner needs no atomic operation (g.h, invariant 2); others read the counts as
 * hints.
 *
 *   next    made ready by the one who runs now: runs as soon as he parks, while what he touched is in the cache
 *   fresh   not started yet: the youngest first, so that a tree of goroutines is walked in depth and needs stacks in
 *           proportion to its depth, not its breadth
 *   woken   all others, in the order in which they came
 *
 * The quick pick takes them in this order. Nobody starves: every so many picks the fair one takes the oldest of the
 * last two in turn.
 *
 * Not done: one queue in order of arrival (Go's): Skynet with 1,000,000 leaves then has 111,111 stacks alive at once,
 * and took 799 ns per goroutine of wall time; now it takes 93 of CPU time. A lock-free ring that others steal from:
 * its pop is a compare-and-swap, 8.5 ns here, at every switch. Owners give work away instead when somebody asks (idle.c), and who is in user code is
 * robbed behind a barrier that only the robber pays. */
#ifndef GORO_RUNTIME_RUNQ_H
#define GORO_RUNTIME_RUNQ_H

#include "runtime/g.h"

void runq_init(struct runq *q);
void ring_grow(struct ring *r);
/* Makes room for more than a few goroutines, before there is one. */
void runq_expect(struct runq *q);

GORO_INLINE uint32_t ring_count(const struct ring *r) { return hint_get(r->tail) - hint_get(r->head); }

GORO_INLINE bool ring_is_full(const struct ring *r) { return unlikely(r->tail - r->head > r->mask); }

/* There is room. */
GORO_INLINE void ring_put(struct ring *r, struct g *g) {
    uint32_t tail = r->tail;
    r->slots[tail & r->mask] = g;
    hint_set(r->tail, tail + 1);
}

GORO_INLINE void ring_push(struct ring *r, struct g *g) {
    if (ring_is_full(r)) ring_grow(r);
    ring_put(r, g);
}

/* In a long line nothing of those to come is in the cache: the record of the eighth, and the top of the fourth's stack. */
enum { LONG_LINE = 8 };
GORO_INLINE void ring_prefetch(const struct ring *r, uint32_t head) {
    __builtin_prefetch(r->slots[(head + LONG_LINE) & r->mask]);
    const struct g *soon = r->slots[(head + LONG_LINE / 2) & r->mask];
    const char *sp = hint_get(soon->context.sp); /* one that is locked to its thread may be about to write it */
    __builtin_prefetch(sp);
    __builtin_prefetch(sp + CACHE_LINE);
}

GORO_INLINE struct g *ring_at(const struct ring *r, uint32_t i) {
    struct g *g = r->slots[i & r->mask];
    if (!g) __builtin_unreachable();
    return g;
}

GORO_INLINE struct g *ring_pop_oldest(struct ring *r) {
    uint32_t head = r->head, count = r->tail - head;
    if (unlikely(count - 1 >= LONG_LINE)) { /* one test for two rare ones */
        if (count == 0) return NULL;
        ring_prefetch(r, head);
    }
    struct g *g = ring_at(r, head);
    hint_set(r->head, head + 1);
    return g;
}

GORO_INLINE struct g *ring_pop_youngest(struct ring *r) {
    uint32_t tail = r->tail;
    if (r->head == tail) return NULL;
    hint_set(r->tail, tail - 1);
    return ring_at(r, tail - 1);
}

/* ring_push and ring_pop_oldest in one, which needs no more room. NULL, and g is not pushed, if it was empty. */
GORO_INLINE struct g *ring_turn(struct ring *r, struct g *g) {
    uint32_t head = r->head, tail = r->tail;
    if (unlikely(tail - head - 1 >= LONG_LINE)) {
        if (head == tail) return NULL;
        ring_prefetch(r, head);
    }
    struct g *oldest = ring_at(r, head);
    r->slots[tail & r->mask] = g;
    hint_set(r->tail, tail + 1); /* first: whoever looks sees a goroutine at any time */
    hint_set(r->head, head + 1);
    return oldest;
}

/* -- putting ---------------------------------------------------------------------------------------------------- */

/* g runs as soon as the running one parks; who was to run then stands in line. */
GORO_INLINE void runq_put_next(struct runq *q, struct g *g) {
    struct g *old = q->next;
    hint_set(q->next, g);
    if (old) ring_push(&q->woken, old);
}

GORO_INLINE void runq_put_last(struct runq *q, struct g *g) { ring_push(&q->woken, g); }

/* -- taking: NULL if there is none -------------------------------------------------------------------------------- */

GORO_INLINE struct g *runq_take_next(struct runq *q) {
    struct g *g = q->next;
    if (g) hint_set(q->next, NULL);
    return g;
}

GORO_INLINE struct g *runq_pick(struct runq *q) {
    struct g *g = runq_take_next(q);
    if (!g) g = ring_pop_youngest(&q->fresh);
    return g ? g : ring_pop_oldest(&q->woken);
}

/* runq_put_last and runq_pick in one. NULL if there is no other: then g does not stand in line. */
GORO_INLINE struct g *runq_turn(struct runq *q, struct g *g) {
    if (likely(!q->next && q->fresh.head == q->fresh.tail)) return ring_turn(&q->woken, g);
    ring_push(&q->woken, g);
    return q->next ? runq_take_next(q) : ring_pop_youngest(&q->fresh);
}

struct g *runq_pick_fair(struct runq *q);

/* -- others --------------------------------------------------------------------------------------------------------- */

/* How many wait, with and without `next`. Hints unless asked by the owner. */
GORO_INLINE uint32_t runq_in_line(const struct runq *q) { return ring_count(&q->fresh) + ring_count(&q->woken); }
GORO_INLINE uint32_t runq_total(const struct runq *q) { return runq_in_line(q) + (hint_get(q->next) != NULL); }

/* The id of the i-th (runq_promote's numbering); `queue` is a struct runq. */
uint64_t runq_id(const void *queue, unsigned i);

/* Brings the i-th (any numbering) to where both picks take it. i < runq_total. */
void runq_promote(struct runq *q, uint32_t i);

/* Moves the older half of those in line, at most `limit` and at least one if there is one, to the list. The oldest of
 * the fresh go first: in a tree they have the largest branches. Returns how many. */
uint32_t runq_give(struct runq *q, struct g_list *to, uint32_t limit);

/* Empties the queue into the list. */
void runq_give_all(struct runq *q, struct g_list *to);

/* Asserts that it is well formed. Owner. */
void runq_check(const struct runq *q);

/* -- lists: the global queue, mail ------------------------------------------------------------------------------------ */

void g_list_push(struct g_list *l, struct g *g);
struct g *g_list_pop(struct g_list *l);

#endif
