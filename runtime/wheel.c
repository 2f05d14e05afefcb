/* A hierarchical timing wheel: setting and clearing an alarm costs the same however many there are.
 *
 * After Varghese and Lauck, "Hashed and hierarchical timing wheels" (SOSP 1987). Time is counted in ticks of 4.1 us. A
 * level has 64 slots; a slot of level k spans 64^k ticks. An alarm stands in the level of the highest group of six bits
 * in which its tick differs from the wheel's present tick, in the slot that its own six bits there name. When the present
 * tick enters a slot of a higher level, the slot's alarms move down. A word per level tells which slots are not empty,
 * so that nothing is walked to find the next one.
 *
 * Always true, under the lock
 *  1. An alarm's tick is its time, rounded up: it never rings early, and at most a tick late; one that was unsettled
 *     also by the time until it was settled, which is a monitor's tick while threads run, and none when they fall idle.
 *  2. Every alarm that is set has a tick > now_tick, and stands where place() says for now_tick, or is unsettled.
 *  3. earliest is no later than any alarm's turn: a cleared alarm leaves it too early, until the next turn.
 *  4. Bit s of occupied[k] is set exactly if slot s of level k has an alarm.
 *
 *  5. An unsettled alarm is settled before any is set after it, so one that was started earlier for the same time rings
 *     first.
 *
 * Unsettled alarms: most long timers are timeouts that are stopped soon. Starting one reads no clock, which costs 30 ns
 * here, as much as all the rest of a start and a stop, and leaves the slots alone. Whoever turns the wheel next settles it; a
 * thread turns it before it sleeps, and the monitor sees to it while others run.
 *
 * Threads: one lock for all, never held while user code runs.
 *
 * Not done: a wheel per P. Its gain would be less contention from P=2 on; a timer would need to remember its P. */
#include "runtime/wheel.h"
#include "runtime/poller.h"

#include <string.h>
#include <time.h>

enum { TICK_SHIFT = 12, SLOT_BITS = 6, SLOTS = 1 << SLOT_BITS, LEVELS = 9 };
_Static_assert(TICK_SHIFT + SLOT_BITS * LEVELS >= 63, "the levels span every int64_t time");

struct lock wheel_mutex;
static struct {
    int64_t now_tick;
    int64_t earliest; /* nothing is due before this; atomic, for wheel_turn's look without the lock */
    size_t count;
    struct alarm unsettled_list; /* head, in the order of their starts */
    bool unsettled;              /* it is not empty; atomic, for wheel_unsettled */
    bool forgot;                 /* alarms that are set may not be in it: wheel_forget_if_within */
    uint64_t occupied[LEVELS];
    struct alarm slots[LEVELS][SLOTS]; /* list heads; next == NULL: never used */
} wheel = {.earliest = INT64_MAX, .unsettled_list = {.next = &wheel.unsettled_list, .prev = &wheel.unsettled_list}};

int64_t clock_after(int64_t now, int64_t ns) {
    int64_t when;
    return __builtin_add_overflow(now, ns, &when) ? (ns > 0 ? INT64_MAX : 0) : when;
}

static int64_t tick_of(int64_t when) {
    if (when <= 0) return 0;
    return ((when - 1) >> TICK_SHIFT) + 1; /* rounded up, without overflow */
}

static int level_of(int64_t tick) {
    uint64_t differs = (uint64_t)(tick ^ wheel.now_tick);
    return (63 - __builtin_clzll(differs | 1)) / SLOT_BITS;
}
static int slot_of(int64_t tick, int level) { return (int)(tick >> (level * SLOT_BITS)) & (SLOTS - 1); }

/* -- lists -------------------------------------------------------------------------------------------------------- */

/* A list leads through memory of the users' own: is `a` what was hung in behind `before`, and can it lead on? Asked before anything
 * else in it is believed. */
static GORO_NOINLINE _Noreturn void tell_overwritten(const struct alarm *a) {
    fatal_raise(HOOK_GM003_TIMER_OVERWRITTEN, a, 0,
                "the memory of a timer that is set, at %p, holds something else: stop it before the function that has it "
                "returns, or before its memory is freed",
                (const void *)a);
}
GORO_INLINE void check_place(const struct alarm *before, const struct alarm *a) {
    enum { HIGHEST_BIT = 56 };
    uintptr_t next = (uintptr_t)a->next;
    if (unlikely(a->prev != before) || unlikely(!next) || unlikely((next & 7) | next >> HIGHEST_BIT)) tell_overwritten(a);
}

static void list_append(struct alarm *head, struct alarm *a) {
    if (!head->next) head->next = head->prev = head;
    if (unlikely(head->prev->next != head)) tell_overwritten(head->prev);
    a->next = head;
    a->prev = head->prev;
    head->prev->next = a;
    head->prev = a;
}

/* Removes a; returns true if its list is empty now. */
static bool list_remove(struct alarm *a) {
    struct alarm *next = a->next;
    check_place(a, next);
    if (unlikely(a->prev->next != a)) tell_overwritten(a->prev);
    next->prev = a->prev;
    a->prev->next = next;
    a->next = a->prev = NULL;
    return next->next == next;
}

/* Moves all of a list to another, empty, head. */
static void list_take(struct alarm *from, struct alarm *to) {
    check_place(from, from->next);
    if (unlikely(from->prev->next != from)) tell_overwritten(from->prev);
    *to = *from;
    to->next->prev = to->prev->next = to;
    from->next = from->prev = from;
}

/* -- setting and clearing -------------------------------------------------------------------------------------------- */

static void place(struct alarm *a) {
    int64_t tick = tick_of(a->when);
    if (tick <= wheel.now_tick) tick = wheel.now_tick + 1;
    int level = level_of(tick), slot = slot_of(tick, level);
    list_append(&wheel.slots[level][slot], a);
    wheel.occupied[level] |= UINT64_C(1) << slot;
}

/* No order: whoever must see it has taken the lock or sched.mutex after its start, or looks again. */
static void set_unsettled(bool unsettled) { __atomic_store_n(&wheel.unsettled, unsettled, __ATOMIC_RELAXED); }
bool wheel_unsettled(void) { return __atomic_load_n(&wheel.unsettled, __ATOMIC_RELAXED); }

static void set_settled(struct alarm *a, int64_t when, int64_t now) {
    goro_assert(!alarm_is_set(a));
    /* nothing was set for a while: do not walk through the time that has passed */
    if (!wheel.count++ && now >> TICK_SHIFT > wheel.now_tick) wheel.now_tick = now >> TICK_SHIFT;
    a->when = when;
    place(a);
    /* pairs with wheel_turn's look: who has been told of the alarm by poller_notify sees it */
    if (when < wheel.earliest) __atomic_store_n(&wheel.earliest, when, __ATOMIC_RELEASE);
}

/* Counts the unsettled alarms' times from now, the clock read under the lock: no start is later. `now`: a time that is
 * not to be run behind. Returns the one it took. */
static GORO_NOINLINE int64_t settle(int64_t now) {
    int64_t read = pace_now();
    if (read > now) now = read;
    for (struct alarm *a; (a = wheel.unsettled_list.next) != &wheel.unsettled_list;) {
        list_remove(a);
        wheel.count--;
        set_settled(a, clock_after(now, a->when), now);
    }
    set_unsettled(false);
    return now;
}

int64_t alarm_set_locked(struct alarm *a, int64_t when, int64_t now) {
    if (likely(!wheel.unsettled)) {
        set_settled(a, when, now);
        return when;
    }
    int64_t later = settle(now);
    set_settled(a, clock_after(when, later - now), later); /* invariant 5 */
    return wheel.earliest;
}

int64_t alarm_set_in_locked(struct alarm *a, int64_t ns, int64_t now) {
    if (now != CLOCK_UNREAD) return alarm_set_locked(a, clock_after(now, ns), now);
    goro_assert(!alarm_is_set(a));
    a->when = ns;
    list_append(&wheel.unsettled_list, a);
    wheel.count++;
    set_unsettled(true);
    return INT64_MAX; /* nobody need be told before the monitor does */
}

bool alarm_clear_locked(struct alarm *a) {
    if (!alarm_is_set(a)) return false;
    struct alarm *next = a->next;
    bool emptied = list_remove(a); /* then next is the head of its list */
    if (emptied && next == &wheel.unsettled_list) {
        set_unsettled(false);
    } else if (emptied) {
        size_t at = (size_t)(next - &wheel.slots[0][0]);
        wheel.occupied[at / SLOTS] &= ~(UINT64_C(1) << at % SLOTS);
    }
    wheel.count--;
    return true;
}

void alarm_set(struct alarm *a, int64_t when, int64_t now) {
    poller_start();
    wheel_lock();
    int64_t due = alarm_set_locked(a, when, now);
    wheel_unlock();
    poller_notify(due);
}

void alarm_set_in(struct alarm *a, int64_t ns, int64_t now) {
    poller_start();
    wheel_lock();
    int64_t due = alarm_set_in_locked(a, ns, now);
    wheel_unlock();
    poller_notify(due);
}

bool alarm_clear(struct alarm *a) {
    wheel_lock();
    bool was_set = alarm_clear_locked(a);
    wheel_unlock();
    return was_set;
}

/* -- turning ---------------------------------------------------------------------------------------------------------- */

/* The first tick of the next slot that is not empty, on the lowest such level; -1: none. */
static int64_t next_tick(int *level, int *slot) {
    for (int k = 0; k < LEVELS; k++) {
        if (!wheel.occupied[k]) continue;
        int s = __builtin_ctzll(wheel.occupied[k]); /* slots behind the present one hold nothing: invariant 2 */
        int64_t above = k == LEVELS - 1 ? 0 : (wheel.now_tick >> ((k + 1) * SLOT_BITS)) << ((k + 1) * SLOT_BITS);
        *level = k;
        *slot = s;
        return above + ((int64_t)s << (k * SLOT_BITS));
    }
    return -1;
}

/* Orders alarms of one tick by their time, first set first, by merging; returns the new list, linked by next only. */
static struct alarm *sort_by_time(struct alarm *list, size_t n) {
    if (n < 2) return list;
    struct alarm *half = list;
    for (size_t i = 1; i < n / 2; i++) half = half->next;
    struct alarm *b = half->next, *sorted = NULL, **end = &sorted;
    half->next = NULL;
    struct alarm *a = sort_by_time(list, n / 2);
    b = sort_by_time(b, n - n / 2);
    while (a && b) {
        struct alarm **least = b->when < a->when ? &b : &a;
        *end = *least;
        end = &(*least)->next;
        *least = *end;
    }
    *end = a ? a : b;
    return sorted;
}

static void ring_all(struct alarm *head, int64_t now) {
    size_t n = 0;
    struct alarm *first = NULL, **end = &first;
    for (struct alarm *a = head->next, *before = head, *next; a != head; before = a, a = next, n++) {
        check_place(before, a);
        next = a->next;
        *end = a;
        end = &a->next;
    }
    *end = NULL;
    for (struct alarm *a = sort_by_time(first, n), *next; a; a = next) {
        next = a->next;
        a->next = a->prev = NULL;
        wheel.count--;
        a->ring(a, now);
    }
}

int64_t wheel_turn(int64_t now) {
    int64_t tick = now >> TICK_SHIFT, next, due = __atomic_load_n(&wheel.earliest, __ATOMIC_ACQUIRE);
    int level = 0, slot = 0;
    if (now < due && !wheel_unsettled()) return due;
    wheel_lock();
    if (wheel.unsettled) settle(now);
    while ((next = next_tick(&level, &slot)) >= 0 && next <= tick) {
        struct alarm slot_list;
        wheel.now_tick = next;
        wheel.occupied[level] &= ~(UINT64_C(1) << slot);
        list_take(&wheel.slots[level][slot], &slot_list);
        if (level == 0) {
            ring_all(&slot_list, now);
            continue;
        }
        for (struct alarm *a = slot_list.next, *before = &slot_list, *following; a != &slot_list; a = following) {
            check_place(before, a);
            before = a;
            following = a->next;
            if (tick_of(a->when) > next) {
                place(a);
            } else { /* due at this very tick: into the present slot, found by the next round */
                list_append(&wheel.slots[0][slot_of(next, 0)], a);
                wheel.occupied[0] |= UINT64_C(1) << slot_of(next, 0);
            }
        }
    }
    if (next < 0 && tick > wheel.now_tick) wheel.now_tick = tick;
    due = next < 0 || next > INT64_MAX >> TICK_SHIFT ? INT64_MAX : next << TICK_SHIFT;
    __atomic_store_n(&wheel.earliest, due, __ATOMIC_RELEASE); /* pairs with the load above */
    wheel_unlock();
    return due;
}

/* -- looking ------------------------------------------------------------------------------------------------------------ */

static bool slot_any(const struct alarm *head, bool (*holds)(const struct alarm *)) {
    for (const struct alarm *a = head->next, *before = head; a && a != head; before = a, a = a->next) {
        check_place(before, a);
        if (!holds || holds(a)) return true;
    }
    return false;
}

static bool alarm_can_wake(const struct alarm *a) { return !a->can_wake || a->can_wake(a); }

bool wheel_can_wake(void) {
    bool found = false;
    if (!lock_try(&wheel_mutex)) return true; /* somebody is at work here, who may be about to wake somebody */
    found = slot_any(&wheel.unsettled_list, alarm_can_wake);
    for (int k = 0; k < LEVELS; k++)
        for (int s = 0; s < SLOTS && !found; s++) found = slot_any(&wheel.slots[k][s], alarm_can_wake);
    wheel_unlock();
    return found;
}

static bool list_walk(const struct alarm *head, bool (*visit)(const struct alarm *a, void *arg), void *arg) {
    for (const struct alarm *a = head->next; a && a != head; a = a->next)
        if (!visit(a, arg)) return false;
    return true;
}

bool wheel_walk(bool (*visit)(const struct alarm *a, void *arg), void *arg) {
    if (!list_walk(&wheel.unsettled_list, visit, arg)) return false;
    for (int k = 0; k < LEVELS; k++)
        for (uint64_t left = wheel.occupied[k]; left; left &= left - 1)
            if (!list_walk(&wheel.slots[k][__builtin_ctzll(left)], visit, arg)) return false;
    return true;
}

/* Left is what the frames' next owners have written: only where an alarm lies is looked at before it is read. */
struct memory {
    uintptr_t low, high;
};
static bool is_outside(const struct alarm *a, void *memory) {
    const struct memory *m = memory;
    return (uintptr_t)a < m->low || (uintptr_t)a >= m->high;
}

void wheel_forget_if_within(uintptr_t low, uintptr_t high) {
    wheel_lock();
    if (!wheel_walk(is_outside, &(struct memory){low, high})) {
        wheel.forgot = true;
        memset(wheel.slots, 0, sizeof wheel.slots);
        memset(wheel.occupied, 0, sizeof wheel.occupied);
        wheel.unsettled_list.next = wheel.unsettled_list.prev = &wheel.unsettled_list;
        set_unsettled(false);
        wheel.count = 0;
    }
    wheel_unlock();
}
bool wheel_forgot(void) { return wheel.forgot; }

size_t wheel_check(void) {
    size_t n = 0;
    wheel_lock();
    for (int k = 0; k < LEVELS; k++)
        for (int s = 0; s < SLOTS; s++) {
            const struct alarm *head = &wheel.slots[k][s];
            goro_assert(slot_any(head, NULL) == (wheel.occupied[k] >> s & 1));
            for (const struct alarm *a = head->next; a && a != head; a = a->next, n++) {
                int64_t tick = tick_of(a->when);
                if (tick <= wheel.now_tick) tick = wheel.now_tick + 1;
                goro_assert(a->next->prev == a && a->prev->next == a);
                goro_assert(wheel.earliest <= a->when || wheel.earliest <= tick << TICK_SHIFT);
                goro_assert(k == 0 || (level_of(tick) == k && slot_of(tick, k) == s));
            }
        }
    goro_assert(wheel.unsettled == slot_any(&wheel.unsettled_list, NULL));
    for (const struct alarm *a = wheel.unsettled_list.next; a != &wheel.unsettled_list; a = a->next, n++)
        goro_assert(a->next->prev == a && a->prev->next == a && a->when >= LONG_NS);
    goro_assert(n == wheel.count);
    wheel_unlock();
    return n;
}
