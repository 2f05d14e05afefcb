/* Where timers stand until they are due. Everything that waits for a time is an alarm in the wheel. */
#ifndef GORO_RUNTIME_WHEEL_H
#define GORO_RUNTIME_WHEEL_H

#include "runtime/sched.h"

/* In the memory of whoever waits; zero-initialised is "not set". */
struct alarm {
    struct alarm *next, *prev; /* in its slot's list, circular; NULL: not set */
    int64_t when;
    /* Called when due, with the wheel's lock held (alarm_set and alarm_clear of any alarm are not allowed in it, but for
     * alarm_set_locked), on a thread that is inside the runtime but runs no goroutine. The alarm is not set any more. */
    void (*ring)(struct alarm *a, int64_t now);
    /* False: its ringing can wake nobody (a ticker's to whose channel nobody listens). NULL: it always can. */
    bool (*can_wake)(const struct alarm *a);
};

/* The runtime's clock: CLOCK_MONOTONIC in nanoseconds. */
int64_t clock_now(void);
/* now + ns, without overflow: INT64_MAX is "never". */
int64_t clock_after(int64_t now, int64_t ns);

/* Sets an alarm that is not set; `now` is the clock, not older than a moment. Inside the runtime, no lock held but the
 * owner's. */
void alarm_set(struct alarm *a, int64_t when, int64_t now);
/* True: it was set, and does not ring. False: it was not set, or has rung; ringing has ended when this returns. */
bool alarm_clear(struct alarm *a);
/* The same two with the wheel's lock held. Who sets one has called poller_start() before, and calls
 * poller_notify(when) after. */
void wheel_lock(void);
void wheel_unlock(void);
void alarm_set_locked(struct alarm *a, int64_t when, int64_t now);
bool alarm_clear_locked(struct alarm *a);
static inline bool alarm_is_set(const struct alarm *a) { return a->next != NULL; }
/* The wheel's lock, for park to release. */
struct lock *wheel_lock_address(void);

/* Rings what is due by `now`; returns a time by which it must be called again (INT64_MAX: nothing is set). Inside the
 * runtime, on no goroutine. */
int64_t wheel_turn(int64_t now);
/* True if some alarm that is set can wake a goroutine. */
bool wheel_can_wake(void);
/* Walks the whole wheel and asserts its invariants; returns how many alarms are set. */
size_t wheel_check(void);

#endif
