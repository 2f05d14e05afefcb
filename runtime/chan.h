/* Channels, as select and the timers see them. The public operations are in goro.h; how they work is told in chan.c. */
#ifndef GORO_RUNTIME_CHAN_H
#define GORO_RUNTIME_CHAN_H

#include "runtime/waiter.h"

/* One send or receive may wake one waiter of the other side. */
struct chan {
    struct lock lock;
    bool closed;
    bool internal; /* lives in a timer, context or semaphore: looks unbuffered, cannot be freed, and instead of its
                      slots' clocks a receive acquires close_clock, if there is one */
    bool notified; /* signals are sent to it: signal.c's */
    size_t element_bytes;
    int64_t capacity, count;   /* of ring slots */
    int64_t send_at, recv_at;  /* the next send's and receive's slot */
    struct goro_queue_ receivers, senders;
    void **slot_clocks; /* the watcher's clock of each ring slot, made when first needed; plain builds: NULL */
    void *close_clock;  /* of the close; for a timer's channel, of the start; may be somebody else's */
    char *ring;
#ifdef GORO_RACE
    uint32_t users; /* the watcher's */
    bool freed;     /* its memory is kept for a while, so that a use is told apart from a fault (chan_life.c) */
    struct chan *next_freed;
    uint64_t unused; /* HOOK_CHAN_BYTES */
#define CHAN_USERS(c) (&(c)->users)
#else
#define CHAN_USERS(c) ((void)(c), (uint32_t[1]){0})
#endif
};

/* Whoever closes or frees a channel knows, by what he does otherwise, of its registration: relaxed. */
static inline bool chan_is_notified(const struct chan *c) { return __atomic_load_n(&c->notified, __ATOMIC_RELAXED); }

/* "fatal error: use of a freed channel"; the watcher has told of it. */
_Noreturn GORO_COLD void chan_used_freed(const struct chan *c, uintptr_t pc);
static inline bool chan_is_freed(const struct chan *c) {
#ifdef GORO_RACE
    return unlikely(c->freed);
#else
    return (void)c, false;
#endif
}

/* Whoever begins an operation on it tells so first: that orders it with the free. The memory of an internal channel is freed
 * with what it lives in. */
static inline void chan_use(struct chan *c, struct g *g, enum hook_chan_use how, uintptr_t pc) {
    if (!c->internal) hook_chan_use(task_of(g), c, CHAN_USERS(c), how, pc);
    if (chan_is_freed(c)) chan_used_freed(c, pc);
}

/* Makes a channel in memory of the caller's; `ring` has room for capacity elements. */
void chan_init(struct chan *c, size_t element_bytes, int64_t capacity, char *ring);

/* Under c->lock. Each tries the operation as goroutine g (NULL: a timer), and returns false if it would have to wait.
 * *woken: a waiter to hand to chan_wake once the lock is dropped, or NULL. `value` may be NULL: thrown away. */
bool chan_send_locked(struct chan *c, struct g *g, const void *value, uintptr_t pc, struct waiter **woken);
bool chan_recv_locked(struct chan *c, struct g *g, void *value, bool *ok, struct waiter **woken);

/* A send by nobody, of a channel that is not internal: its receive learns what `clock` says. */
bool chan_deliver_locked(struct chan *c, const void *value, void *clock, struct waiter **woken);

/* Lets the goroutine of a waiter go on that one of the above, or close, has served. No lock is held. */
void chan_wake(struct waiter *w);

/* Closes it; close_clock must hold the closer's clock. Returns whom to wake, for chan_wake_all, once the lock is dropped. */
struct waiter *chan_close_locked(struct chan *c);
void chan_wake_all(struct waiter *chain);

/* A blocking select on channels of the runtime's own: the chosen case's index. Outside the runtime. */
int select_cases(goro_select_case *cases, size_t n, uintptr_t pc);

/* "panic: send on closed channel" */
_Noreturn GORO_COLD void chan_send_on_closed(const struct chan *c, uintptr_t pc);

/* Walks the channel and asserts its invariants. Takes the lock; inside the runtime. */
void chan_check(struct chan *c);

#endif
