/* What every primitive shares: the waiter, the queue it stands in, and going to sleep in it.
 *
 * A waiter is the record of one goroutine that is parked on one object (a select: one for each of its cases). It lives
 * in the parked goroutine's own frame, so waiting allocates nothing.
 *
 * Always true
 *  1. A waiter is in a queue exactly while `queue` points there; whoever takes it out wakes its goroutine, or is it.
 *  2. A waker reads the waiter before it calls waiter_wake, and never after: the frame may be gone.
 *  3. A waker touches the object no more after it has dropped the object's lock: the woken side may free it.
 *
 * Threads: a queue and its waiters belong to whoever holds the lock of the object. */
#ifndef GORO_RUNTIME_WAITER_H
#define GORO_RUNTIME_WAITER_H

#include "runtime/goro.h"
#include "runtime/sched.h"

/* Where the user's code called the public function this stands in. */
#define CALLER ((uintptr_t)__builtin_return_address(0))

/* The watcher's handle of a goroutine; not even a load in a plain build. */
GORO_INLINE void *task_of(const struct g *g) {
#ifdef GORO_RACE
    return g_task(g);
#else
    (void)g;
    return NULL;
#endif
}

struct select;

struct waiter {
    struct waiter *next, *prev;
    struct goro_queue_ *queue; /* NULL: in none */
    struct g *g;
    void *value;           /* channels: what to send, or where to receive to (NULL: nowhere) */
    uintptr_t pc;          /* select and locks: where the user called */
    struct select *select; /* NULL: waits on this object alone */
    int64_t weight;        /* semaphores: how many it wants */
    bool ok;               /* channels: a value was transferred (false: closed) */
    bool passed_over;      /* mutexes: has been woken once, in vain */
};

/* A waiter on one object alone. The fields that its kind of object does not use stay as they are. */
GORO_INLINE void waiter_init(struct waiter *w, struct g *g, void *value) {
    w->g = g;
    w->value = value;
    w->select = NULL;
    w->ok = false;
}

/* For an object that looks at no more than who waits. */
GORO_INLINE void waiter_init_bare(struct waiter *w, struct g *g) {
#ifdef GORO_RACE
    waiter_init(w, g, NULL); /* what lay there before would be taken for the goroutine's pointers */
#else
    w->g = g;
#endif
}

GORO_INLINE struct lock *lock_of(uint32_t *word) { return (struct lock *)word; }
_Static_assert(sizeof(struct lock) == sizeof(uint32_t), "goro.h has room for the lock");

/* `first` is also looked at without the lock, by select's guess: hence the atomic store, whose order does not matter. */
GORO_INLINE void queue_set_first(struct goro_queue_ *q, struct waiter *w) {
    __atomic_store_n(&q->first, w, __ATOMIC_RELAXED);
}

GORO_INLINE void queue_push(struct goro_queue_ *q, struct waiter *w) {
    w->next = NULL;
    w->prev = q->last;
    w->queue = q;
    if (q->last) q->last->next = w;
    else queue_set_first(q, w);
    q->last = w;
}

GORO_INLINE void queue_push_front(struct goro_queue_ *q, struct waiter *w) {
    w->next = q->first;
    w->prev = NULL;
    w->queue = q;
    if (q->first) q->first->prev = w;
    else q->last = w;
    queue_set_first(q, w);
}

GORO_INLINE void queue_remove(struct goro_queue_ *q, struct waiter *w) {
    goro_assert(w->queue == q);
    if (w->next) w->next->prev = w->prev;
    else q->last = w->prev;
    if (w->prev) w->prev->next = w->next;
    else queue_set_first(q, w->next);
    w->queue = NULL;
}

GORO_INLINE struct waiter *queue_pop(struct goro_queue_ *q) {
    struct waiter *w = q->first;
    if (w) queue_remove(q, w);
    return w;
}

/* Parks on `object`, whose lock is held and is released; the waiter stands in a queue already. `kind` as park's. */
GORO_INLINE void waiter_park(struct waiter *w, struct lock *lock, unsigned kind, const void *object, uintptr_t pc) {
    struct g *g = w->g;
    hook_block(task_of(g), (enum hook_object)(kind & PARK_KIND_MASK), object, pc);
    park(g, lock, kind, object, pc);
    hook_unblock(task_of(g));
}

/* Wakes a whole chain of waiters, linked by `next`, that are in no queue any more, first to last. A single one runs next. */
GORO_INLINE void waiters_wake_all(struct waiter *w) {
    if (w && !w->next) {
        ready(w->g);
        return;
    }
    while (w) {
        struct waiter *next = w->next;
        ready_last(w->g);
        w = next;
    }
}

/* Empties a queue; returns its waiters, linked by `next`. */
GORO_INLINE struct waiter *queue_take_all(struct goro_queue_ *q) {
    struct waiter *first = q->first;
    for (struct waiter *w = first; w; w = w->next) w->queue = NULL;
    queue_set_first(q, NULL);
    q->last = NULL;
    return first;
}

/* Walks a queue and asserts that it is linked well; returns its length. */
unsigned queue_check(const struct goro_queue_ *q);

/* An object that remembers its own address was first seen at another one: a copy. `used`: its state is not the zero
 * state. Tells the watcher if so, drops the copied waiters (they wait for the original), and makes it its own object. */
GORO_COLD void object_copied(const void **self, const void *object, struct goro_queue_ *q, bool used, uintptr_t pc);
#define OBJECT_OWN(object, queue, used, pc)                                                                            \
    (likely((object)->self_ == (object)) ? (void)0 : object_copied(&(object)->self_, (object), (queue), (used), (pc)))

#endif
