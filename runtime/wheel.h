/* Where timers stand until they are due. Everything that waits for a time is an alarm in the wheel. */
#ifndef GORO_RUNTIME_WHEEL_H
#define GORO_RUNTIME_WHEEL_H

#include "runtime/pace.h"
#include "runtime/sched.h"

/* In the memory of whoever waits; zero-initialised is "not set". */
struct alarm {
    struct alarm *next, *prev; /* in its slot's list, circular; NULL: not set */
    int64_t when;              /* while it is unsettled: the time from its start */
    /* Called when due, with the wheel's lock held (alarm_set and alarm_clear of any alarm are not allowed in it, but for
     * alarm_set_locked), on a thread that is inside the runtime but runs no goroutine. The alarm is not set any more. */
    void (*ring)(struct alarm *a, int64_t now);
    /* False: its ringing can wake nobody (a ticker's to whose channel nobody listens). NULL: it always can. */
    bool (*can_wake)(const struct alarm *a);
};

/* now + ns, without overflow: INT64_MAX is "never". */
int64_t clock_after(int64_t now, int64_t ns);

/* For an alarm some time from now: the clock, but for a long time, of which a moment is a small part. Then none is read,
 * and the alarm is unsettled: the next turn of the wheel, at most about a millisecond later, counts the time from itself.
 * Under a seed no alarm may depend on when that is. */
enum { LONG_NS = 1000000000, CLOCK_UNREAD = 0 };
static inline int64_t alarm_clock(int64_t ns) { return ns >= LONG_NS && !pace_seeded() ? CLOCK_UNREAD : pace_now(); }

/* Sets an alarm that is not set; `now` is the clock, not older than a moment. Inside the runtime, no lock held but the
 * owner's. */
void alarm_set(struct alarm *a, int64_t when, int64_t now);
/* True: it was set, and does not ring. False: it was not set, or has rung; ringing has ended when this returns. */
bool alarm_clear(struct alarm *a);
/* The same two with the wheel's lock held. Who sets one has called poller_start() before, and calls poller_notify()
 * after, with the time that is returned. */
extern struct lock wheel_mutex; /* for park to release, too */
GORO_INLINE void wheel_lock(void) { lock_take(&wheel_mutex); }
GORO_INLINE void wheel_unlock(void) { lock_drop(&wheel_mutex); }
int64_t alarm_set_locked(struct alarm *a, int64_t when, int64_t now);
/* `ns` after now, which alarm_clock(ns) has said. */
int64_t alarm_set_in_locked(struct alarm *a, int64_t ns, int64_t now);
void alarm_set_in(struct alarm *a, int64_t ns, int64_t now);
bool alarm_clear_locked(struct alarm *a);
static inline bool alarm_is_set(const struct alarm *a) { return a->next != NULL; }

/* Rings what is due by `now`; returns a time by which it must be called again (INT64_MAX: nothing is set). Inside the
 * runtime, on no goroutine. */
int64_t wheel_turn(int64_t now);
/* True if some alarm is unsettled: the wheel is to be turned, whatever its last turn said. Any thread. */
bool wheel_unsettled(void);
/* True if some alarm that is set can wake a goroutine. */
bool wheel_can_wake(void);
/* Each alarm that is set, while nobody is inside the runtime, until `visit` returns false; false then. */
bool wheel_walk(bool (*visit)(const struct alarm *a, void *arg), void *arg);
/* Main has returned: if an alarm lies in [low, high), where frames were that are no more, nothing in the wheel can be
 * trusted, and it becomes empty: what was set rings no more. Inside the runtime. */
void wheel_forget_if_within(uintptr_t low, uintptr_t high);
/* It did, once. */
bool wheel_forgot(void);
/* Of a timer's that will call a function: where the argument lies; else NULL. timer.c */
void *const *timer_argument(const struct alarm *a);
/* Walks the whole wheel and asserts its invariants; returns how many alarms are set. */
size_t wheel_check(void);

#endif
