/* What a watcher may ask of memory: from where can a goroutine's words be reached, while none runs?
 *
 * A goroutine's stack is looked at from the call on by which the user's code waits: the runtime's own frames below it hold
 * nothing of the user's but registers that they have saved, and many words that earlier calls have left behind. So these
 * frames are unwound, by rules that libunwind tells once for each place (all frames of ours have a fixed size).
 *
 * A goroutine's stack and arguments; what it will call at its end; what timers hand out. Not the runtime's own lists and
 * queues: who waits in one is not reached by that (happens-before.md, GD003).
 *
 * Threads: running_quiet on the monitor's, running_alone on the only goroutine's that runs, with sched.mutex for the while:
 * nobody can come to a P without it. */
#include "runtime/context.h"
#include "runtime/proc.h"
#include "runtime/running.h"
#include "runtime/signal.h"
#include "runtime/unwound.h"
#include "runtime/wheel.h"

/* Every thread that could run goroutines sleeps, and none that is not ours could wake one. */
static bool is_quiet_locked(void) {
    return sched.idle_m_count == sched.ms && sched.idle_p_count == sched.nprocs && !sched.stopping &&
           !foreign_threads_locked();
}

/* Threads are counted when nobody who is away can come back, and make one. */
static bool hold_away_locked(void) {
    struct hook_held held;
    if (!hook_hold(&held)) return false;
    bool all = sched.idle_m_count + held.ours == sched.ms && !sched.stopping && held.others == foreign_threads_locked();
    if (!all) hook_let_go();
    return all;
}

bool running_quiet(void (*look)(void *arg), void *arg) {
    os_mutex_lock(&sched.mutex);
    bool quiet = is_quiet_locked(), held = !quiet && hold_away_locked();
    if (quiet || held) look(arg);
    if (held) hook_let_go();
    os_mutex_unlock(&sched.mutex);
    return quiet || held;
}

/* No tail call: the registers are saved in our frame. */
static GORO_NOINLINE bool look_alone(struct m *m, void (*look)(void *arg), void *arg) {
    os_mutex_lock(&sched.mutex);
    bool alone = sched.idle_m_count + 1 == sched.ms && sched.idle_p_count + 1 == sched.nprocs && !sched.stopping &&
                 m->p && !m->foreign && !foreign_threads_locked() && !wheel_forgot();
    __builtin_unwind_init();
    if (alone) look(arg);
    os_mutex_unlock(&sched.mutex);
    return alone;
}

bool running_alone(void (*look)(void *arg), void *arg) {
    if (m_self->g == NULL || m_self->inside) return false;
    struct g *g = enter_plainly();
    bool looked = look_alone(g->m, look, arg);
    runtime_leave(g);
    return looked;
}

bool running_waited_for(void) { return hint_get(sched.mutex.word) > 1; }

uint32_t running_turns(void) {
    uint32_t turns = 0;
    for (unsigned i = 0; i < procs_now(); i++) turns += hint_get(p_at(i)->ticks);
    return turns;
}

static void visit_argument(void *const *argument, void *arg) {
    const struct running_walk *w = arg;
    w->besides(w->arg, argument, argument + 1);
}

static void visit_memory(void *const *argument, void *arg) {
    const struct running_walk *w = arg;
    w->memory(w->arg, argument, argument + 1);
}

static void visit_goroutine(struct g *g, void *arg) {
    const struct running_walk *w = arg;
    if (g->state == G_RUNNING) deferred_walk(g, visit_memory, arg);
    if (g->state != G_QUEUED && g->state != G_PARKED) return;
    if (g->flags & G_FRESH) {
        w->memory(w->arg, g->arguments, g->arguments + SPAWN_ARGUMENTS);
        return;
    }
    struct unwound u = unwind_to(&g->context, g->state == G_PARKED ? g->wait_pc : 0);
    w->goroutine(w->arg, g->task, u.sp);
    for (unsigned i = 0; i < UNWOUND_REGISTERS; i++)
        if (u.saved[i]) w->besides(w->arg, u.saved[i], u.saved[i] + 1);
    deferred_walk(g, visit_argument, arg);
}

static bool visit_alarm(const struct alarm *a, void *arg) {
    const struct running_walk *w = arg;
    void *const *argument = timer_argument(a);
    const struct goro_ctx *ctx = ctx_of_deadline(a);
    if (argument) w->memory(w->arg, argument, argument + 1);
    if (ctx) w->object(w->arg, ctx);
    return true;
}

static void visit_notified(const struct chan *c, void *arg) {
    const struct running_walk *w = arg;
    w->object(w->arg, c);
}

void running_walk(const struct running_walk *walk) {
    void *arg = (void *)(uintptr_t)walk;
    records_walk(visit_goroutine, arg);
    wheel_walk(visit_alarm, arg);
    signals_walk(visit_notified, arg);
}
