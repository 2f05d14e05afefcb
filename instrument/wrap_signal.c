/* Signal handlers: never run in the middle of the engine.
 *
 * A handler's code is instrumented like any other. If the signal comes while this thread is inside goro's own code, it may
 * hold a lock that the handler's first access wants: a program that polls an atomic which its handler sets would hang at
 * once. So each handler is called by ours, which looks where the thread was; inside goro it puts the signal off: to the
 * thread's next read or atomic (its countdown is made to run out), or, if it does not come to one, to a moment later, by a
 * timer for the same signal. Faults are not put off: they would only come again.
 *
 * Installing a handler comes before what the handler does, on whichever thread it runs.
 *
 * Always true
 *  1. A signal is put off RETRIES_MAX times at most: a thread that sleeps in the runtime holds no lock of the engine.
 *
 * Threads: handlers and flags are relaxed atomics, written by sigaction before the kernel is told. Slots belong to their
 * thread. Only system calls are made here, raw. */
#include "instrument/away.h"
#include "instrument/journal.h"
#include "instrument/picture.h"
#include "instrument/wrap.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

enum { SIGNALS = 65, SIGRTMIN_KERNEL = 32, SLOTS = 4, RETRIES_MAX = 1000, RETRY_NS = 50000 };

static struct {
    void *handler;
    int flags;
    uint64_t mask; /* the kernel's set */
    bool ours;     /* not the program's, which sees a signal that does what it does by default */
} installed[SIGNALS];

struct slot {
    siginfo_t info; /* of the signal that was put off */
    int sig;        /* 0: free */
    int timer;
    unsigned retries;
};
static __thread struct slot slots[SLOTS] __attribute__((tls_model("initial-exec")));

static struct det_sync *clock_of(int sig) { return det_sync_at((uintptr_t)&installed[sig]); }

static uintptr_t interrupted_pc(const void *context) {
    const ucontext_t *u = context;
#if defined(__x86_64__)
    return (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
#else
    return (uintptr_t)u->uc_mcontext.pc;
#endif
}

/* -- putting off ----------------------------------------------------------------------------------------------------- */

static bool is_fault(int sig, const siginfo_t *info) {
    return info->si_code > 0 && (sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGTRAP);
}

/* The slot whose timer sent this signal; NULL: it came from outside. */
static struct slot *slot_of(const siginfo_t *info) {
    uintptr_t at = (uintptr_t)info->si_value.sival_ptr;
    if (info->si_code != SI_TIMER || at - (uintptr_t)slots >= sizeof slots) return NULL;
    return (struct slot *)at;
}

static struct slot *slot_with(int sig) {
    for (int i = 0; i < SLOTS; i++)
        if (slots[i].sig == sig) return &slots[i];
    return NULL;
}

static bool set_timer(struct slot *s) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = s->sig, .sigev_value.sival_ptr = s};
    struct itimerspec once = {.it_value.tv_nsec = RETRY_NS};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &s->timer) != 0) return false;
    if (syscall(SYS_timer_settime, s->timer, 0, &once, NULL) == 0) return true;
    syscall(SYS_timer_delete, s->timer);
    return false;
}

/* True if the signal will come again. */
static bool put_off(int sig, const siginfo_t *info, struct slot *s) {
    if (s && s->retries >= RETRIES_MAX) return false;
    if (!s) {
        if (sig < SIGRTMIN_KERNEL && slot_with(sig)) return true; /* one that is pending already stands for both */
        s = slot_with(0);
        if (!s) return false;
        s->info = *info;
        s->sig = sig;
        s->retries = 0;
    }
    s->retries++;
    if (!set_timer(s)) {
        s->sig = 0;
        return false;
    }
    front_self.signals = true;
    if (!journal_on) front_self.fuel = 0; /* lost if the countdown was just being written: then the timer serves */
    return true;
}

static void call_handler(int sig, siginfo_t *info, void *context) {
    int flags = __atomic_load_n(&installed[sig].flags, __ATOMIC_RELAXED);
    void *handler = __atomic_load_n(&installed[sig].handler, __ATOMIC_RELAXED);
    uintptr_t away = away_interrupted();
    det_acquire(front_task(), clock_of(sig));
    if (unlikely(journal_on) && !journal_replays && journal_wants()) journal_note_signal(sig, info);
    if (flags & SA_SIGINFO) ((void (*)(int, siginfo_t *, void *))handler)(sig, info, context);
    else ((void (*)(int))handler)(sig);
    away_resumed(away);
}

/* At a place where this thread holds nothing of the engine's. */
void front_deliver_signals(void) {
    int saved = errno;
    front_self.signals = false;
    for (int i = 0; i < SLOTS; i++) {
        uint64_t before, all = UINT64_MAX;
        ucontext_t here;
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
        struct slot taken = slots[i];
        if (taken.sig) syscall(SYS_timer_delete, taken.timer);
        slots[i].sig = 0;
        uint64_t during = taken.sig ? before | installed[taken.sig].mask | UINT64_C(1) << (taken.sig - 1) : before;
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &during, NULL, sizeof during);
        if (!taken.sig) continue;
        getcontext(&here);
        call_handler(taken.sig, &taken.info, &here);
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    }
    errno = saved;
}

/* Signals are the journal's. One that somebody sends who wants the program to end is obeyed. */
static void end_replay_of(int sig, const siginfo_t *info) {
    if (sig != SIGINT && sig != SIGTERM && sig != SIGHUP && sig != SIGQUIT) return;
    if (info->si_code == SI_USER && info->si_pid == (pid_t)syscall(SYS_getpid)) return;
    syscall(SYS_exit_group, 128 + sig);
}

void front_replay_signals(void) {
    siginfo_t info;
    ucontext_t here;
    for (int sig; (sig = journal_take_signal(&info)) > 0 && sig < SIGNALS && installed[sig].handler;) {
        getcontext(&here);
        call_handler(sig, &info, &here);
    }
}

static void on_signal(int sig, siginfo_t *info, void *context) {
    int saved = errno, flags = __atomic_load_n(&installed[sig].flags, __ATOMIC_RELAXED);
    struct slot *s = slot_of(info);
    siginfo_t original;
    if (s && s->sig != sig) return; /* delivered meanwhile */
    if (__atomic_load_n(&installed[sig].ours, __ATOMIC_RELAXED) && picture_passed_on(sig)) return;
    if (s) syscall(SYS_timer_delete, s->timer);
    bool may_wait = !is_fault(sig, info) && !(flags & (int)SA_RESETHAND);
    if (unlikely(journal_replays) && !is_fault(sig, info)) {
        end_replay_of(sig, info);
        return;
    }
    if (may_wait && (front_is_own(interrupted_pc(context)) || journal_on) && put_off(sig, info, s)) {
        errno = saved;
        return;
    }
    if (s) {
        original = s->info;
        info = &original;
        s->sig = 0;
    }
    errno = saved;
    call_handler(sig, info, context);
}

/* -- installing ---------------------------------------------------------------------------------------------------------- */

static bool some_caught; /* relaxed: set before the kernel is told */
bool wrap_catches_signals(void) { return __atomic_load_n(&some_caught, __ATOMIC_RELAXED); }

static bool is_caught(const struct sigaction *act) { return act->sa_handler != SIG_DFL && act->sa_handler != SIG_IGN; }

/* What is installed from here on calls `act`'s handler through ours. */
static struct sigaction enter_handler(int sig, const struct sigaction *act, bool ours) {
    struct sigaction led = *act;
    __atomic_store_n(&installed[sig].ours, ours, __ATOMIC_RELAXED);
    __atomic_store_n(&installed[sig].flags, act->sa_flags, __ATOMIC_RELAXED);
    __atomic_store_n(&installed[sig].mask, *(const uint64_t *)&act->sa_mask, __ATOMIC_RELAXED);
    __atomic_store_n(&installed[sig].handler, (void *)act->sa_handler, __ATOMIC_RELAXED);
    led.sa_sigaction = on_signal;
    led.sa_flags |= SA_SIGINFO;
    return led;
}

bool wrap_takes_signal(int sig, void (*handler)(int, siginfo_t *, void *)) {
    struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART}, before;
    if (REAL(sigaction)(sig, NULL, &before) != 0 || before.sa_handler != SIG_DFL) return false;
    act = enter_handler(sig, &act, true);
    return REAL(sigaction)(sig, &act, NULL) == 0;
}

bool wrap_takes_signal_bare(int sig, void (*handler)(int, siginfo_t *, void *)) {
    /* The thread's own mask stays, as that is what threads of the runtime's are given. */
    struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER};
    struct sigaction before;
    if (REAL(sigaction)(sig, NULL, &before) != 0 || before.sa_handler != SIG_DFL) return false;
    return REAL(sigaction)(sig, &act, NULL) == 0;
}

void wrap_gives_signal_back(int sig) { REAL(sigaction)(sig, &(struct sigaction){.sa_handler = SIG_DFL}, NULL); }

static int install(int sig, const struct sigaction *act, struct sigaction *old) {
    void *handler = installed[sig].handler;
    int flags = installed[sig].flags;
    bool was_ours = installed[sig].ours;
    struct sigaction led, before;
    if (act) led = *act;
    if (act && is_caught(act)) {
        det_merge(front_task(), clock_of(sig));
        __atomic_store_n(&some_caught, true, __ATOMIC_RELAXED);
        led = enter_handler(sig, act, false);
    }
    int e = REAL(sigaction)(sig, act ? &led : NULL, &before);
    if (e == 0 && before.sa_sigaction == on_signal && was_ours) {
        before = (struct sigaction){.sa_handler = SIG_DFL};
    } else if (e == 0 && before.sa_sigaction == on_signal) {
        before.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
        if (!(flags & SA_SIGINFO)) before.sa_flags &= ~SA_SIGINFO;
    }
    if (e == 0 && old) *old = before;
    return e;
}

int WRAP(sigaction)(int sig, const struct sigaction *act, struct sigaction *old) {
    if (!wrap_sees_sync(FRONT_HERE) || sig < 1 || sig >= SIGNALS) return REAL(sigaction)(sig, act, old);
    return install(sig, act, old);
}

sighandler_t WRAP(signal)(int sig, sighandler_t handler) {
    struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    if (!wrap_sees_sync(FRONT_HERE) || sig < 1 || sig >= SIGNALS) return REAL(signal)(sig, handler);
    return install(sig, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}
