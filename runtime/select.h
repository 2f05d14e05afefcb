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

/* Called with the lock of the queue held that w has just been taken out of (NULL: of none): true if the select is now the
 * caller's to serve. */
bool select_claim(struct waiter *w, struct goro_queue_ *from);
/* Lets the goroutine of a claimed and served select go on. No channel's lock is held. */
void select_wake(struct waiter *w);

#endif
