/* Time under a seed, counted: pace.h says how.
 *
 * Always true
 *  1. `counted` never falls. It changes by atomic additions (relaxed: a time orders nothing).
 *  2. While a thread sits in the poller, and nobody else could run, `idle_since` says since when, by the real clock;
 *     whoever looks at the time then sees it go on.
 *
 * Not done: real time, and timers that ring at switch points only: the order of two timers, and of a timer and work that
 * takes about as long, then changed from run to run. */
#include "runtime/pace.h"

#ifdef GORO_RACE

#include "runtime/hooks.h"
#include "runtime/proc.h"
#include "runtime/running.h"

enum { LOOK_NS = 100, LAG_NS = 3000000000 };

/* The same in every run, in all its digits: a timer's place in the wheel depends on them. */
#define BEGINNING (INT64_C(1) << 40)

static int64_t counted = BEGINNING;
static int64_t real_beginning; /* 0: nobody has looked at the time yet */
static int64_t idle_since;     /* 0: not idle */
static bool is_virtual;

static int64_t add(int64_t ns) { return __atomic_add_fetch(&counted, ns, __ATOMIC_RELAXED); }

static int64_t real_since_beginning(void) {
    int64_t now = clock_now();
    if (unlikely(!hint_get(real_beginning))) hint_set(real_beginning, now);
    return now - hint_get(real_beginning);
}

int64_t pace_now(void) {
    if (unlikely(!pace_seeded())) return clock_now();
    int64_t now = hint_get(counted), since = hint_get(idle_since);
    if (is_virtual || hook_outside()) return now;
    if (since) return now + (clock_now() - since);
    int64_t lag = real_since_beginning() - (now - BEGINNING);
    return lag > LAG_NS ? add(lag - LAG_NS) : now;
}

int64_t pace_look(void) {
    if (pace_seeded()) add(LOOK_NS);
    return pace_now();
}

int64_t pace_wait_begin(int64_t deadline) {
    if (pace_seeded()) {
        if (is_virtual && deadline != INT64_MAX && asleep_but_for_time()) return 0;
        hint_set(idle_since, clock_now());
    }
    if (deadline == INT64_MAX) return INT64_MAX;
    int64_t ns = deadline - (pace_seeded() ? hint_get(counted) : clock_now());
    return ns < 0 ? 0 : ns;
}

void pace_wait_end(int64_t deadline, bool reached) {
    if (!pace_seeded()) return;
    int64_t since = hint_get(idle_since), missing = deadline - hint_get(counted);
    int64_t passed = since ? clock_now() - since : missing;
    hint_set(idle_since, 0);
    if (reached || passed > missing) passed = missing;
    if (passed < 0) passed = 0;
    if (passed > 0) add(passed);
    if (unlikely(hook_outside())) hook_found(HOOK_FOUND_WAITED, &passed, sizeof passed, sizeof passed);
}

void pace_wait_again(void) {
    int64_t passed = 0;
    if (hook_found(HOOK_FOUND_WAITED, &passed, 0, sizeof passed) == sizeof passed && passed > 0) add(passed);
}

/* -- running.h ----------------------------------------------------------------------------------------------------- */

void running_spent(int64_t ns) { add(ns); }
void running_virtual_time(void) { is_virtual = true; }
int64_t running_now(void) { return pace_now(); }

#endif
