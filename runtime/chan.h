/* Channels, as select and the timers see them. The public operations are in goro.h; how they work is told in chan.c. */
#ifndef GORO_RUNTIME_CHAN_H
#define GORO_RUNTIME_CHAN_H

#include "runtime/waiter.h"

/* One send or receive may wake one waiter of the other side. */
struct chan {
    struct lock lock;
    bool closed;
    bool of_timer; /* lives in a goro_timer: looks unbuffered, and its values carry the timer's clock */
    size_t element_bytes;
    int64_t capacity, count;   /* of ring slots */
    int64_t send_at, recv_at;  /* the next send's and receive's slot */
    struct goro_queue_ receivers, senders;
    void **slot_clocks; /* the watcher's clock of each ring slot, made when first needed; plain builds: NULL */
    void *close_clock;  /* of the close; for a timer's channel, of the start */
    char *ring;
};

/* Makes a channel in memory of the caller's; `ring` has room for capacity elements. */
void chan_init(struct chan *c, size_t element_bytes, int64_t capacity, char *ring);

/* Under c->lock. Each tries the operation as goroutine g (NULL: a timer), and returns false if it would have to wait.
 * *woken: a waiter to hand to chan_wake once the lock is dropped, or NULL. `value` may be NULL: thrown away. */
bool chan_send_locked(struct chan *c, struct g *g, const void *value, uintptr_t pc, struct waiter **woken);
bool chan_recv_locked(struct chan *c, struct g *g, void *value, bool *ok, struct waiter **woken);

/* Lets the goroutine of a waiter go on that one of the above, or close, has served. No lock is held. */
void chan_wake(struct waiter *w);

/* "panic: send on closed channel" */
_Noreturn GORO_COLD void chan_send_on_closed(const struct chan *c, uintptr_t pc);

/* Walks the channel and asserts its invariants. Takes the lock; inside the runtime. */
void chan_check(struct chan *c);

#endif
