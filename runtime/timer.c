/* Timers and tickers: an alarm and a channel with room for one time, together in the user's memory.
 *
 * As since Go 1.23 the channel looks unbuffered, and stop and reset throw an expiry away that nobody has received.
 *
 * Always true, under the wheel's lock
 *  1. The timer is active exactly while its alarm is set, or, for one with a channel, while a time is buffered.
 *  2. The alarm is not set when its ring begins; after the value is sent or the function started, the timer of a single
 *     shot is touched no more: the woken goroutine may free it.
 *
 * Clocks: a start or reset releases to the timer's clock, which a receive from its channel acquires in place of the
 * slot's, or the function's goroutine, which is given a clock of its own for that (the timer may be started anew before
 * the goroutine runs).
 * Threads: any that is inside the runtime. The wheel's lock comes before the channel's. */
#include "runtime/chan.h"
#include "runtime/poller.h"
#include "runtime/wheel.h"

struct timer {
    struct alarm alarm;
    const void *self; /* its own address since first start; anything else: never started, or copied */
    int64_t period;   /* of a ticker; 0: rings once */
    int64_t slot;     /* the channel's ring */
    void (*fn)(void *);
    void *argument;
    struct chan chan;
};
_Static_assert(sizeof(struct timer) <= sizeof(goro_timer), "goro.h has room for a timer");
_Static_assert(_Alignof(struct timer) <= _Alignof(goro_timer), "goro.h aligns timers");

static struct timer *inside(goro_timer *t) { return (struct timer *)t; }

/* -- ringing: with the wheel's lock held, on no goroutine -------------------------------------------------------------- */

static void ring_channel(struct alarm *a, int64_t now) {
    struct timer *t = container_of(a, struct timer, alarm);
    struct chan *c = &t->chan;
    struct waiter *woken;
    if (t->period) { /* ticks that have passed already are dropped */
        int64_t late = now - a->when;
        alarm_set_locked(a, clock_after(a->when, t->period * (1 + late / t->period)), now);
    } else {
        hook_object_free(HOOK_TIMER, t, 0);
    }
    lock_take(&c->lock);
    chan_send_locked(c, NULL, &now, 0, &woken); /* full: dropped */
    lock_drop(&c->lock);
    if (woken) chan_wake(woken);
}

static void run_function(void (*fn)(void *), void *argument, void *clock) {
    if (clock) {
        struct g *g = runtime_enter();
        hook_acquire(task_of(g), clock);
        hook_sync_free(clock);
        runtime_leave(g);
    }
    fn(argument);
}

static void ring_function(struct alarm *a, int64_t now) {
    (void)now;
    struct timer *t = container_of(a, struct timer, alarm);
    const uint64_t arguments[] = {(uint64_t)t->fn, (uint64_t)t->argument, (uint64_t)t->chan.close_clock};
    t->chan.close_clock = NULL;
    hook_object_free(HOOK_TIMER, t, 0);
    spawn(NULL, (void (*)(void))run_function, (uintptr_t)t->fn, arguments, 3, 0);
}

void *const *timer_argument(const struct alarm *a) {
    return a->ring == ring_function ? &container_of(a, const struct timer, alarm)->argument : NULL;
}

static bool channel_can_wake(const struct alarm *a) {
    return container_of(a, struct timer, alarm)->chan.receivers.first != NULL;
}

/* -- starting and stopping ---------------------------------------------------------------------------------------------- */

/* Throws away a time that was sent and not received. */
static bool drain(struct timer *t) {
    /* only a ring fills the slot, and the wheel's lock keeps it away: empty is no guess */
    if (t->fn || !__atomic_load_n(&t->chan.count, __ATOMIC_RELAXED)) return false;
    lock_take(&t->chan.lock);
    bool drained = t->chan.count > 0;
    __atomic_store_n(&t->chan.count, 0, __ATOMIC_RELAXED); /* pairs with select's guess */
    t->chan.send_at = t->chan.recv_at = 0;
    lock_drop(&t->chan.lock);
    return drained;
}

static bool stop_locked(struct timer *t) {
    if (t->self != t) return false;
    bool was_set = alarm_clear_locked(&t->alarm);
    if (was_set) hook_object_free(HOOK_TIMER, t, 0);
    return drain(t) || was_set;
}

/* A function's clock is the timer's own until the function starts; a channel's belongs to the timer's address. */
static void drop_clock(struct timer *t) {
    if (t->self != t || !t->fn || !t->chan.close_clock) return;
    hook_sync_free(t->chan.close_clock);
    t->chan.close_clock = NULL;
}

static void release_clock(struct timer *t, struct g *g) {
#ifdef GORO_RACE
    struct chan *c = &t->chan;
    if (!t->fn) c->close_clock = hook_sync_at(t);
    else if (!c->close_clock) c->close_clock = hook_sync_new();
    hook_release(task_of(g), c->close_clock);
#else
    (void)t, (void)g;
#endif
}

/* Returns the time to notify the poller of. A ticker's first tick is exact, as all that follow count from it. */
static int64_t set_locked(struct timer *t, struct g *g, int64_t ns, int64_t now, uintptr_t pc) {
    release_clock(t, g);
    hook_object_new(HOOK_TIMER, t, sizeof *t, 0, pc);
    return alarm_set_in_locked(&t->alarm, ns, now);
}

static int64_t clock_for(int64_t ns, int64_t period) { return period ? pace_now() : alarm_clock(ns); }

static GORO_NOINLINE void make(struct timer *t, void (*fn)(void *), void *argument) {
    t->alarm = (struct alarm){.ring = fn ? ring_function : ring_channel, .can_wake = fn ? NULL : channel_can_wake};
    t->self = t;
    t->fn = fn;
    t->argument = argument;
    if (fn) {
        t->chan.close_clock = NULL; /* all of the channel that a function's timer uses */
    } else {
        chan_init(&t->chan, sizeof t->slot, 1, (char *)&t->slot);
        t->chan.internal = true;
    }
}

/* Makes the timer anew: a started one is stopped first. Its channel stays, drained, with those who wait on it. */
static void start(goro_timer *timer, int64_t ns, int64_t period, void (*fn)(void *), void *argument, uintptr_t pc) {
    struct timer *t = inside(timer);
    struct g *g = runtime_enter();
    int64_t now = clock_for(ns, period);
    poller_start();
    wheel_lock();
    stop_locked(t);
    drop_clock(t);
    bool has_channel = t->self == t && !t->fn; /* to make it again is a third of a start and a stop */
    t->period = period;
    if (!has_channel || fn) make(t, fn, argument);
    int64_t due = set_locked(t, g, ns, now, pc);
    wheel_unlock();
    poller_notify(due);
    runtime_leave(g);
}

static bool stop(goro_timer *timer) {
    struct g *g = runtime_enter();
    wheel_lock();
    bool was_active = stop_locked(inside(timer));
    drop_clock(inside(timer));
    wheel_unlock();
    runtime_leave(g);
    return was_active;
}

static bool reset(goro_timer *timer, int64_t ns, int64_t period, uintptr_t pc) {
    struct timer *t = inside(timer);
    struct g *g = runtime_enter();
    int64_t now = clock_for(ns, period);
    wheel_lock();
    bool was_active = stop_locked(t);
    t->period = period;
    int64_t due = set_locked(t, g, ns, now, pc);
    wheel_unlock();
    poller_notify(due);
    runtime_leave(g);
    return was_active;
}

/* -- goro.h ------------------------------------------------------------------------------------------------------------------ */

GORO_API void goro_timer_start(goro_timer *t, int64_t ns) { start(t, ns, 0, NULL, NULL, CALLER); }
static void check_started(const void *timer, const char *call, const char *type, uintptr_t pc) {
    const struct timer *t = timer;
    if (likely(t->self == t)) return;
    runtime_enter();
    panic_raise(HOOK_PANIC, t, pc, "time: %s called on uninitialized %s", call, type);
}

GORO_API bool goro_timer_stop(goro_timer *t) {
    check_started(t, "Stop", "Timer", CALLER);
    return stop(t);
}
GORO_API bool goro_timer_reset(goro_timer *t, int64_t ns) {
    check_started(t, "Reset", "Timer", CALLER);
    return reset(t, ns, 0, CALLER);
}
GORO_API void goro_after_func(goro_timer *t, int64_t ns, void (*fn)(void *), void *argument) {
    start(t, ns, 0, fn, argument, CALLER);
}

/* NULL for one that calls a function, and before the first start. */
GORO_API chan_rx(int64_t) goro_timer_chan(goro_timer *timer) {
    struct timer *t = inside(timer);
    return __extension__(chan_rx(int64_t))(void *)(t->self == t && !t->fn ? &t->chan : NULL);
}

static void check_period(const void *t, int64_t ns, const char *text, uintptr_t pc) {
    if (ns > 0) return;
    runtime_enter();
    panic_raise(HOOK_PANIC, t, pc, "%s", text);
}

GORO_API void goro_ticker_start(goro_ticker *t, int64_t ns) {
    check_period(t, ns, "non-positive interval for NewTicker", CALLER);
    start(&t->timer_, ns, ns, NULL, NULL, CALLER);
}
GORO_API void goro_ticker_stop(goro_ticker *t) { stop(&t->timer_); }
GORO_API void goro_ticker_reset(goro_ticker *t, int64_t ns) {
    check_period(t, ns, "non-positive interval for Ticker.Reset", CALLER);
    check_started(t, "Reset", "Ticker", CALLER);
    reset(&t->timer_, ns, ns, CALLER);
}
GORO_API chan_rx(int64_t) goro_ticker_chan(goro_ticker *t) { return goro_timer_chan(&t->timer_); }
