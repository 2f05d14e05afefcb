/* What a channel must know of a select that waits on it and on others at the same time. */
#ifndef GORO_RUNTIME_SELECT_H
#define GORO_RUNTIME_SELECT_H

#include "runtime/waiter.h"

/* A select that waits: it is served by whoever claims it first. In the frame of its goroutine. */
struct select {
    uint32_t claimed; /* 1: some waker has it; atomic, since wakers of different channels hold different locks */
    struct lock lock; /* guards the two flags below, and is the lock that park releases */
    bool parked;      /* the goroutine waits, or is about to once `lock` is free */
    bool served;      /* the waker has done everything but making it ready */
    bool repeated;    /* some channel stands in it more than once */
    struct waiter *winner;
    struct waiter *waiters; /* one for each case */
    size_t n;
};

/* Takes the waiters of the winner's channel out, too: select.c, invariant 3. The lock of that channel is held. */
void select_drop_siblings(struct select *s, const struct waiter *winner, const struct goro_queue_ *q);

/* Called with the lock of the queue held that w has just been taken out of (NULL: of none): true if the select is now the
 * caller's to serve. */
GORO_INLINE bool select_claim(struct waiter *w, struct goro_queue_ *from) {
    struct select *s = w->select;
    /* pairs with itself: the loser reads nothing of the select, the winner's writes reach the goroutine by s->lock */
    if (atomic_exchange_inside(&s->claimed, 1)) return false;
    s->winner = w;
    if (unlikely(s->repeated) && from) select_drop_siblings(s, w, from); /* a timeout stands in no queue */
    return true;
}

/* Lets the goroutine of a claimed and served select go on. No channel's lock is held. */
GORO_INLINE void select_wake(struct waiter *w) {
    struct select *s = w->select;
    struct g *g = w->g;
    lock_take(&s->lock);
    s->served = true;
    bool parked = s->parked;
    lock_drop(&s->lock);
    if (parked) ready(g);
}

#endif
