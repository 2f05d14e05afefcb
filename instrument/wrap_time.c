/* Sleeping by libc's calls, and giving way.
 *
 * When one goroutine runs at a time, the order in which they wake must not depend on the machine: a goroutine that sleeps
 * is parked for as long, as by goro_sleep. A call that a handler's signal may end early is left to the kernel, as are those
 * of threads, and those that measure by another clock than the program's.
 *
 * Threads: any. */
#include "instrument/decisions.h"
#include "instrument/strategy.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <errno.h>

enum { SECOND_NS = 1000000000 };

static bool is_ours(uintptr_t pc) { return wrap_sees_accesses(pc) && !front_options.parallel && !front_self.is_thread; }

static int64_t in_ns(const struct timespec *t) {
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)t->tv_sec, (int64_t)SECOND_NS, &ns)) return INT64_MAX;
    return __builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns) ? INT64_MAX : ns;
}

static bool is_valid(const struct timespec *t) { return t->tv_sec >= 0 && t->tv_nsec >= 0 && t->tv_nsec < SECOND_NS; }

/* True: it has been slept, or was nothing to sleep. */
static bool slept(int64_t ns, uintptr_t pc) { return is_ours(pc) && !wrap_catches_signals() && running_sleep(ns, pc); }

/* Counts as time of the program, too. */
static void really_slept(int64_t ns, uintptr_t pc) {
    if (is_ours(pc)) running_spent(ns);
}

int WRAP(nanosleep)(const struct timespec *wanted, struct timespec *left) {
    uintptr_t pc = FRONT_HERE;
    if (wrap_sees_accesses(pc)) wrap_reads(pc, wanted, sizeof *wanted);
    int64_t ns = is_valid(wanted) ? in_ns(wanted) : -1;
    if (ns >= 0 && slept(ns, pc)) return 0;
    running_watch();
    int e = AWAY(pc, REAL(nanosleep)(wanted, left));
    if (e == 0) really_slept(ns, pc);
    return e;
}

int WRAP(clock_nanosleep)(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    uintptr_t pc = FRONT_HERE;
    if (wrap_sees_accesses(pc)) wrap_reads(pc, wanted, sizeof *wanted);
    bool simple = (clock == CLOCK_MONOTONIC || clock == CLOCK_REALTIME) && !(flags & TIMER_ABSTIME) && is_valid(wanted);
    int64_t ns = simple ? in_ns(wanted) : -1;
    if (simple && slept(ns, pc)) return 0;
    running_watch();
    int e = AWAY(pc, REAL(clock_nanosleep)(clock, flags, wanted, left));
    if (e == 0 && simple) really_slept(ns, pc);
    return e;
}

int WRAP(usleep)(useconds_t us) {
    uintptr_t pc = FRONT_HERE;
    int64_t ns = (int64_t)us * 1000;
    if (slept(ns, pc)) return 0;
    running_watch();
    int e = AWAY(pc, REAL(usleep)(us));
    if (e == 0) really_slept(ns, pc);
    return e;
}

unsigned WRAP(sleep)(unsigned seconds) {
    uintptr_t pc = FRONT_HERE;
    int64_t ns = (int64_t)seconds * SECOND_NS;
    if (slept(ns, pc)) return 0;
    running_watch();
    unsigned left = AWAY(pc, REAL(sleep)(seconds));
    really_slept(ns - (int64_t)left * SECOND_NS, pc);
    return left;
}

int WRAP(thrd_sleep)(const struct timespec *wanted, struct timespec *left) {
    uintptr_t pc = FRONT_HERE;
    if (wrap_sees_accesses(pc)) wrap_reads(pc, wanted, sizeof *wanted);
    int64_t ns = is_valid(wanted) ? in_ns(wanted) : -1;
    if (ns >= 0 && slept(ns, pc)) return 0;
    running_watch();
    int e = AWAY(pc, REAL(thrd_sleep)(wanted, left));
    if (e == 0) really_slept(ns, pc);
    return e;
}

static void give_way(void) {
    strategy_gave_way();
    decisions_gave_way();
    running_switch_point();
}

int WRAP(sched_yield)(void) {
    if (is_ours(FRONT_HERE)) give_way();
    return REAL(sched_yield)();
}

void WRAP(thrd_yield)(void) {
    if (is_ours(FRONT_HERE)) give_way();
    REAL(thrd_yield)();
}
