/* Channels: a ring of slots, a queue of receivers and a queue of senders under one lock.
 *
 * Always true, under the lock
 *  1. Receivers wait only while no value is buffered, and nobody waits to send (but for a select that waits on both
 *     sides of one channel).
 *  2. Senders wait only while the ring is full, and the channel is open.
 *  3. count values are buffered, the oldest at recv_at; send_at = (recv_at + count) mod capacity.
 *  4. Send number k and receive number k use slot k mod capacity also when the value never lies there: handed straight
 *     to a waiting receiver it moves both indices on. So the slots' clocks order exactly what the Go memory model orders.
 *  5. Nobody waits on a closed channel.
 *
 * Threads: any that is inside the runtime. A waiter is served (its value copied, its clocks joined) under the lock, by
 * the other side; after that the lock is dropped, the goroutine is made ready, and the channel is touched no more: the
 * woken one may free it.
 *
 * The order of locks: a timer's wheel, then a channel, then a select that waits on it. Two channels' locks are held
 * together only by select, in the order of their addresses. */
#include "runtime/chan.h"
#include "runtime/copy.h"
#include "runtime/park.h"
#include "runtime/select.h"
#include "runtime/signal.h"

/* -- slots and their clocks ------------------------------------------------------------------------------------ */

static inline char *slot_at(const struct chan *c, int64_t i) { return c->ring + (size_t)i * c->element_bytes; }

static inline void advance(const struct chan *c, int64_t *at) {
    if (++*at == c->capacity) *at = 0;
}

/* Select's guess looks at it without the lock; no order. */
static inline void set_count(struct chan *c, int64_t n) { __atomic_store_n(&c->count, n, __ATOMIC_RELAXED); }

/* What g's operation on slot i orders: XCHG of happens-before.md. */
static inline void exchange_slot(struct chan *c, struct g *g, int64_t i) {
#ifdef GORO_RACE
    if (c->internal) { /* a timer's value: no task sends it, but the timer's start comes before its receive */
        if (g && c->close_clock) hook_acquire(task_of(g), c->close_clock);
        return;
    }
    if (!c->slot_clocks[i]) c->slot_clocks[i] = hook_sync_new();
    hook_exchange(task_of(g), c->slot_clocks[i]);
#else
    (void)c, (void)g, (void)i;
#endif
}

/* What a send into slot i orders. A sender that is nobody, a signal, knows what `clock` says, and learns nothing. */
static inline void release_slot(struct chan *c, struct g *g, void *clock, int64_t i) {
#ifdef GORO_RACE
    if (g || c->internal) {
        exchange_slot(c, g, i);
        return;
    }
    if (!c->slot_clocks[i]) c->slot_clocks[i] = hook_sync_new();
    hook_sync_copy(c->slot_clocks[i], clock);
#else
    (void)c, (void)g, (void)clock, (void)i;
#endif
}

/* The same without a slot: sender and receiver meet. */
static inline void meet(struct g *sender, void *clock, struct g *receiver) {
#ifdef GORO_RACE
    if (sender) hook_rendezvous(task_of(sender), task_of(receiver));
    else if (clock) hook_acquire(task_of(receiver), clock);
#else
    (void)sender, (void)clock, (void)receiver;
#endif
}

/* -- the transfers, under the lock ------------------------------------------------------------------------------- */

/* The first waiter that is still to be had: one of a select that another channel has served already is not. */
static GORO_NOINLINE struct waiter *take_claimed(struct goro_queue_ *q) {
    struct waiter *w;
    while ((w = queue_pop(q)) && w->select && !select_claim(w, q)) continue;
    return w;
}
GORO_INLINE struct waiter *take_waiter(struct goro_queue_ *q) {
    struct waiter *w = q->first;
    if (unlikely(!w || w->select)) return take_claimed(q);
    queue_remove(q, w);
    return w;
}

static inline void move_value(const struct chan *c, void *to, const void *from) {
    if (to) copy_element(to, from, c->element_bytes);
}

/* The marker of a send that is certain now; before its exchange, so that whoever learns of the send learns of it, too. */
static inline void mark_send(const struct chan *c, struct g *g, uintptr_t pc) {
    if (g) hook_chan_send_mark(task_of(g), c, pc);
}

/* To w, which waits to receive and stands in the queue no more. `clock`: of a sender that is nobody. */
GORO_INLINE void hand_over(struct chan *c, struct g *g, void *clock, struct waiter *w, const void *value, uintptr_t pc) {
    mark_send(c, g, pc);
    if (c->capacity) {
        release_slot(c, g, clock, c->send_at);
        exchange_slot(c, w->g, c->recv_at);
        advance(c, &c->send_at);
        advance(c, &c->recv_at);
    } else {
        meet(g, clock, w->g);
    }
    move_value(c, w->value, value);
    w->ok = true;
}

GORO_INLINE void put_in_ring(struct chan *c, struct g *g, void *clock, const void *value, uintptr_t pc) {
    mark_send(c, g, pc);
    release_slot(c, g, clock, c->send_at);
    move_value(c, slot_at(c, c->send_at), value);
    advance(c, &c->send_at);
    set_count(c, c->count + 1);
}

/* The place that becomes free is for who waits to send: admit_sender. */
GORO_INLINE void take_from_ring(struct chan *c, struct g *g, void *value) {
    exchange_slot(c, g, c->recv_at);
    move_value(c, value, slot_at(c, c->recv_at));
    advance(c, &c->recv_at);
    set_count(c, c->count - 1);
}

/* From w, which waits to send on an unbuffered channel and stands in the queue no more. */
GORO_INLINE void take_from(struct chan *c, struct g *g, struct waiter *w, void *value) {
    goro_assert(c->capacity == 0);
    if (w->select) mark_send(c, w->g, w->pc);
    hook_rendezvous(task_of(g), task_of(w->g));
    move_value(c, value, w->value);
    w->ok = true;
}

/* A sender waits for room: its value takes the slot that has just become free. */
static GORO_NOINLINE struct waiter *admit_sender(struct chan *c) {
    struct waiter *w = take_waiter(&c->senders);
    if (!w) return NULL;
    if (w->select) mark_send(c, w->g, w->pc);
    exchange_slot(c, w->g, c->send_at);
    move_value(c, slot_at(c, c->send_at), w->value);
    advance(c, &c->send_at);
    set_count(c, c->count + 1);
    w->ok = true;
    return w;
}

GORO_INLINE bool send_locked(struct chan *c, struct g *g, void *clock, const void *value, uintptr_t pc,
                             struct waiter **woken) {
    struct waiter *w = *woken = c->receivers.first ? take_waiter(&c->receivers) : NULL;
    if (w) hand_over(c, g, clock, w, value, pc);
    else if (c->count < c->capacity) put_in_ring(c, g, clock, value, pc);
    else return false;
    return true;
}

bool chan_send_locked(struct chan *c, struct g *g, const void *value, uintptr_t pc, struct waiter **woken) {
    return send_locked(c, g, NULL, value, pc, woken);
}

bool chan_deliver_locked(struct chan *c, const void *value, void *clock, struct waiter **woken) {
    return send_locked(c, NULL, clock, value, 0, woken);
}

bool chan_recv_locked(struct chan *c, struct g *g, void *value, bool *ok, struct waiter **woken) {
    *woken = NULL;
    *ok = true;
    if (c->count) {
        take_from_ring(c, g, value);
        if (c->senders.first) *woken = admit_sender(c);
        return true;
    }
    struct waiter *w = *woken = c->senders.first ? take_waiter(&c->senders) : NULL;
    if (w) {
        take_from(c, g, w, value);
        return true;
    }
    if (!c->closed) return false;
    hook_acquire(task_of(g), c->close_clock);
    if (value) clear_element(value, c->element_bytes);
    *ok = false;
    return true;
}

void chan_wake(struct waiter *w) {
    if (unlikely(w->select)) select_wake(w);
    else ready(w->g);
}

/* -- send and receive ---------------------------------------------------------------------------------------------- */

void chan_send_on_closed(const struct chan *c, uintptr_t pc) {
    panic_raise(HOOK_GC001_SEND_ON_CLOSED, c, pc, "send on closed channel");
}

/* A nil channel: as in Go, for ever. */
static GORO_COLD void block_for_ever(struct g *g, unsigned side, uintptr_t pc) {
    hook_misuse(HOOK_GC003_NIL_CHANNEL, NULL, pc);
    struct waiter w = {.g = g};
    for (;;) waiter_park(&w, NULL, HOOK_CHAN | side, NULL, pc);
}

/* Waits in one of c's queues; c's lock is held. c is not touched again: the other side may have freed it. Leaves the
 * runtime. */
GORO_INLINE bool wait_in(struct goro_queue_ *q, unsigned side, struct chan *c, struct g *g, void *value, uintptr_t pc) {
    struct waiter w;
    waiter_init(&w, g, value);
    queue_push(q, &w);
    waiter_park_and_leave(&w, &c->lock, HOOK_CHAN | side, c, pc);
    return w.ok;
}

static GORO_RETURNS_ELSEWHERE bool wait_to_send(struct chan *c, struct g *g, const void *value, uintptr_t pc) {
    mark_send(c, g, pc);
    bool sent = wait_in(&c->senders, PARK_SENDING, c, g, (void *)value, pc);
    if (unlikely(!sent)) {
        runtime_enter();
        chan_send_on_closed(c, pc);
    }
    return true;
}

static GORO_RETURNS_ELSEWHERE bool wait_to_receive(struct chan *c, struct g *g, void *value, uintptr_t pc) {
    return wait_in(&c->receivers, PARK_RECEIVING, c, g, value, pc);
}

/* False: would have to wait, and may not. */
static GORO_NOINLINE bool send_the_long_way(struct chan *c, const void *value, bool may_wait, uintptr_t pc) {
    hook_begins(pc);
    struct g *g = runtime_enter();
    if (unlikely(!c)) {
        if (may_wait) block_for_ever(g, PARK_SENDING, pc);
        runtime_leave(g);
        return false;
    }
    chan_use(c, g, may_wait ? HOOK_USE_SEND : HOOK_USE_TRY_SEND, pc);
    hook_value_given(value, c->element_bytes);
    lock_take(&c->lock);
    if (unlikely(c->closed)) chan_send_on_closed(c, pc);
    struct waiter *woken;
    bool sent = chan_send_locked(c, g, value, pc, &woken);
    if (!sent && may_wait) return wait_to_send(c, g, value, pc);
    lock_drop(&c->lock);
    if (woken) chan_wake(woken);
    runtime_leave(g);
    return sent;
}

/* False: nothing came; *value is zero then if the channel is closed, untouched otherwise. */
static GORO_NOINLINE bool receive_the_long_way(struct chan *c, void *value, bool may_wait, uintptr_t pc) {
    struct g *g = runtime_enter();
    if (unlikely(!c)) {
        if (may_wait) block_for_ever(g, PARK_RECEIVING, pc);
        runtime_leave(g);
        return false;
    }
    chan_use(c, g, may_wait ? HOOK_USE_RECEIVE : HOOK_USE_TRY_RECEIVE, pc);
    lock_take(&c->lock);
    struct waiter *woken;
    bool ok, done = chan_recv_locked(c, g, value, &ok, &woken);
    if (!done && may_wait) return wait_to_receive(c, g, value, pc);
    lock_drop(&c->lock);
    if (woken) chan_wake(woken);
    runtime_leave(g);
    return done && ok;
}

#ifdef GORO_RACE
#define send_any_way send_the_long_way
#define receive_any_way receive_the_long_way
#else

/* The quick ways are the same for what happens most, without a frame but in the functions that they end in: the channel
 * is open, its lock free, and no select concerned. */
GORO_INLINE bool is_select(const struct waiter *w) { return w && w->select; }

static GORO_NOINLINE bool admit_and_leave(struct chan *c, struct m *m) {
    struct waiter *w = admit_sender(c);
    lock_drop(&c->lock);
    if (w) chan_wake(w);
    leave_quickly(m);
    return true;
}

/* The lock is held, and the first in line to receive is a select. */
static GORO_NOINLINE bool send_to_select(struct chan *c, struct m *m, const void *value, bool may_wait, uintptr_t pc) {
    struct waiter *w = take_claimed(&c->receivers);
    if (w) hand_over(c, m->g, NULL, w, value, pc);
    lock_drop(&c->lock);
    if (!w) return send_the_long_way(c, value, may_wait, pc);
    chan_wake(w);
    leave_quickly(m);
    return true;
}

GORO_INLINE bool send_any_way(struct chan *c, const void *value, bool may_wait, uintptr_t pc) {
    struct m *m = enter_quickly();
    if (unlikely(!m || !c || !lock_take_quickly(&c->lock))) return send_the_long_way(c, value, may_wait, pc);
    struct waiter *w = c->receivers.first;
    if (unlikely(c->closed)) {
        lock_drop(&c->lock);
        return send_the_long_way(c, value, may_wait, pc);
    }
    if (is_select(w)) return send_to_select(c, m, value, may_wait, pc);
    if (w) {
        queue_remove(&c->receivers, w);
        hand_over(c, m->g, NULL, w, value, pc);
        lock_drop(&c->lock);
        return ready_and_leave(w->g, m);
    }
    bool room = c->count < c->capacity;
    if (room) put_in_ring(c, m->g, NULL, value, pc);
    else if (may_wait) return wait_to_send(c, m->g, value, pc);
    lock_drop(&c->lock);
    leave_quickly(m);
    return room;
}

GORO_INLINE bool receive_any_way(struct chan *c, void *value, bool may_wait, uintptr_t pc) {
    struct m *m = enter_quickly();
    if (unlikely(!m || !c || !lock_take_quickly(&c->lock))) return receive_the_long_way(c, value, may_wait, pc);
    struct waiter *w = c->senders.first;
    bool some = c->count > 0;
    if (some) {
        take_from_ring(c, m->g, value);
        if (w) return admit_and_leave(c, m);
    } else if (unlikely(c->closed || is_select(w))) {
        lock_drop(&c->lock);
        return receive_the_long_way(c, value, may_wait, pc);
    } else if (w) {
        queue_remove(&c->senders, w);
        take_from(c, m->g, w, value);
        lock_drop(&c->lock);
        return ready_and_leave(w->g, m);
    } else if (may_wait) {
        return wait_to_receive(c, m->g, value, pc);
    }
    lock_drop(&c->lock);
    leave_quickly(m);
    return some;
}
#endif

GORO_API void goro_chan_send_(void *c, const void *value) { send_any_way(c, value, true, CALLER); }
GORO_API bool goro_chan_try_send_(void *c, const void *value) { return send_any_way(c, value, false, CALLER); }
GORO_API bool goro_chan_recv_(void *c, void *value) { return receive_any_way(c, value, true, CALLER); }
GORO_API bool goro_chan_try_recv_(void *c, void *value) { return receive_any_way(c, value, false, CALLER); }

/* -- close ------------------------------------------------------------------------------------------------------------ */

/* Serves everybody in the queue with "closed", and appends them to the chain, linked by `next`, that *end ends. Returns its
 * new end. */
static struct waiter **close_queue(struct chan *c, struct goro_queue_ *q, struct waiter **end) {
    struct waiter *w;
    while ((w = take_waiter(q))) {
        if (q->first) __builtin_prefetch(q->first->g); /* to be woken soon */
        hook_acquire(task_of(w->g), c->close_clock);
        if (q == &c->receivers && w->value) clear_element(w->value, c->element_bytes);
        w->ok = false;
        *end = w;
        end = &w->next;
    }
    *end = NULL;
    return end;
}

struct waiter *chan_close_locked(struct chan *c) {
    struct waiter *chain;
    __atomic_store_n(&c->closed, true, __ATOMIC_RELAXED); /* pairs with select's guess */
    close_queue(c, &c->senders, close_queue(c, &c->receivers, &chain));
    return chain;
}

void chan_wake_all(struct waiter *w) {
    while (w) {
        struct waiter *next = w->next;
        if (w->select) select_wake(w);
        else ready_last(w->g);
        w = next;
    }
}

GORO_API void goro_chan_close_(void *channel) {
    struct chan *c = channel;
    struct g *g = runtime_enter();
    uintptr_t pc = CALLER;
    if (unlikely(!c)) panic_raise(HOOK_GC002_CLOSE_OF_NIL, NULL, pc, "close of nil channel");
    if (unlikely(chan_is_notified(c))) signals_forget(c);
    if (chan_is_freed(c)) chan_use(c, g, HOOK_USE_LOOK, pc);
    lock_take(&c->lock);
    if (unlikely(c->closed)) panic_raise(HOOK_GC002_CLOSE_OF_CLOSED, c, pc, "close of closed channel");
    hook_chan_close_mark(task_of(g), c, pc);
    hook_chan_closed(task_of(g), c, CHAN_USERS(c), pc);
    if (!c->close_clock) c->close_clock = hook_sync_new();
    hook_release(task_of(g), c->close_clock);
    struct waiter *chain = chan_close_locked(c);
    lock_drop(&c->lock);
    chan_wake_all(chain);
    runtime_leave(g);
}
