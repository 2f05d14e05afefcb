/* The clock, and sleeping by it. */
#include "runtime/poller.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

GORO_API int64_t goro_now(void) { return clock_now(); }

struct sleeper {
    struct alarm alarm;
    struct g *g;
};

static void wake_sleeper(struct alarm *a, int64_t now) {
    (void)now;
    ready_last(container_of(a, struct sleeper, alarm)->g);
}

GORO_API void goro_sleep(int64_t ns) {
    uintptr_t pc = CALLER;
    if (ns <= 0) return;
    struct g *g = runtime_enter();
    struct sleeper s = {.alarm.ring = wake_sleeper, .g = g};
    int64_t now = clock_now(), when = clock_after(now, ns);
    poller_start();
    wheel_lock();
    alarm_set_locked(&s.alarm, when, now);
    poller_notify(when);
    hook_block(task_of(g), HOOK_SLEEP, NULL, pc);
    park(g, wheel_lock_address(), HOOK_SLEEP, NULL, pc);
    hook_unblock(task_of(g));
    runtime_leave(g);
}
