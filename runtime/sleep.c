/* The clock, and sleeping by it. */
#include "runtime/poller.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

GORO_API int64_t goro_now(void) { return pace_look(); }

struct sleeper {
    struct alarm alarm;
    struct g *g;
};

static void wake_sleeper(struct alarm *a, int64_t now) {
    (void)now;
    ready_last(container_of(a, struct sleeper, alarm)->g);
}

static void sleep_from(int64_t ns, uintptr_t pc) {
    if (ns <= 0) return;
    struct g *g = runtime_enter();
    struct sleeper s = {.alarm.ring = wake_sleeper, .g = g};
    int64_t now = pace_now(), when = clock_after(now, ns);
    poller_start();
    wheel_lock();
    poller_notify(alarm_set_locked(&s.alarm, when, now));
    hook_block(task_of(g), HOOK_SLEEP, NULL, pc);
    park(g, &wheel_mutex, HOOK_SLEEP, NULL, pc);
    hook_unblock(task_of(g));
    runtime_leave(g);
}

GORO_API void goro_sleep(int64_t ns) { sleep_from(ns, CALLER); }

#ifdef GORO_RACE
#include "runtime/running.h"

bool running_sleep(int64_t ns, uintptr_t pc) {
    if (!pace_seeded() || !running_id() || running_own_call()) return false;
    sleep_from(ns, pc);
    return true;
}
#endif
