/* Signals as values of channels: package os/signal.
 *
 * The handler, on whatever thread the signal comes to, marks the signal in a word and says that the poller has something
 * due. The poller sends the signal's number to all channels that are registered for it, as a timer sends the time, on no
 * goroutine: who has no room misses it. As with signals themselves, what comes twice before it is sent counts once.
 *
 * Always true, under the lock
 *  1. A signal that somebody is registered for has our handler, or one that the program installed after us.
 *  2. `former` is the disposition of a signal in `held`; it is put back when nobody wants the signal any more, unless the
 *     program has installed another meanwhile.
 *  3. `notified` of a channel is true while it is registered for anything; closing and freeing it ends that.
 *
 * Clocks: each registration has one, to which goro_notify releases, and which goes into the value's slot: the receive
 * knows what came before goro_notify, and of nothing else (who raised the signal, who received from the slot before).
 * Threads: any that is inside the runtime; the handler on any. The lock comes before a channel's.
 *
 * Not done: a thread that waits in sigwait or reads a signalfd. Both need the signals blocked in every thread, those of the
 * program's own included, and in whatever it executes. */
#include "runtime/signal.h"
#include "runtime/chan.h"
#include "runtime/crash.h"
#include "runtime/poller.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNALS = 65 };

struct listener {
    struct listener *next;
    struct chan *chan;
    void *clock;
};

static struct lock lock;
static struct listener *listeners[SIGNALS]; /* first registered first */
static struct sigaction former[SIGNALS];
static uint64_t held, ignored; /* signals whose disposition is ours: to catch, or (ignored) SIG_IGN */
static uint64_t pending;       /* came, and were not sent yet. Atomic */
static uint32_t handling;      /* handlers that run. Atomic */

static uint64_t bit_of(int signo) { return UINT64_C(1) << (signo - 1); }

/* Those that a program can catch; as in Go, nothing happens for others. */
static bool is_catchable(int signo) { return signo > 0 && signo < SIGNALS && signo != SIGKILL && signo != SIGSTOP; }

/* -- the handler -------------------------------------------------------------------------------------------------------- */

static bool may_be_fault(int signo) {
    return signo == SIGSEGV || signo == SIGBUS || signo == SIGFPE || signo == SIGILL || signo == SIGTRAP ||
           signo == SIGSYS;
}

static void on_signal(int signo, siginfo_t *info, void *ucontext) {
    if (info->si_code > 0 && may_be_fault(signo)) { /* the thread cannot go on as if nothing had been */
        crash_pass_on(&former[signo], signo, info, ucontext);
        return;
    }
    __atomic_fetch_add(&handling, 1, __ATOMIC_SEQ_CST);                             /* pairs with let_handlers_end */
    uint64_t before = __atomic_fetch_or(&pending, bit_of(signo), __ATOMIC_SEQ_CST); /* pairs with deliver_locked */
    if (!(before & bit_of(signo))) poller_notify_from_signal();
    __atomic_fetch_sub(&handling, 1, __ATOMIC_RELEASE);
}

/* A handler that has begun on another thread marks its signal in a moment. */
static void let_handlers_end(void) {
    while (__atomic_load_n(&handling, __ATOMIC_SEQ_CST)) sched_yield(); /* pairs with on_signal */
}

/* -- sending ------------------------------------------------------------------------------------------------------------- */

static void send_to(const struct listener *l, int signo) {
    struct chan *c = l->chan;
    struct waiter *woken = NULL;
    lock_take(&c->lock);
    if (!c->closed) chan_deliver_locked(c, &signo, l->clock, &woken); /* full: dropped */
    lock_drop(&c->lock);
    if (woken) chan_wake(woken);
}

static void deliver_locked(void) {
    uint64_t signals = __atomic_exchange_n(&pending, 0, __ATOMIC_SEQ_CST); /* pairs with on_signal */
    size_t n = hook_found(HOOK_FOUND_SIGNALS, &signals, signals ? sizeof signals : 0, sizeof signals);
    if (n != sizeof signals) return;
    for (; signals; signals &= signals - 1) {
        int signo = __builtin_ctzll(signals) + 1;
        for (const struct listener *l = listeners[signo]; l; l = l->next) send_to(l, signo);
    }
}

void signals_deliver(void) {
    if (likely(!__atomic_load_n(&pending, __ATOMIC_SEQ_CST)) && likely(!hook_outside()))
        return; /* pairs with on_signal */
    lock_take(&lock);
    deliver_locked();
    lock_drop(&lock);
}

bool signals_can_wake(void) {
    for (int signo = 1; signo < SIGNALS; signo++)
        for (const struct listener *l = listeners[signo]; l; l = l->next)
            if (l->chan->receivers.first) return true;
    return false;
}

void signals_walk(void (*visit)(const struct chan *c, void *arg), void *arg) {
    for (int signo = 1; signo < SIGNALS; signo++)
        for (const struct listener *l = listeners[signo]; l; l = l->next) visit(l->chan, arg);
}

/* -- dispositions: under the lock ---------------------------------------------------------------------------------------- */

/* False: it is the C library's own. */
static bool change_action(int signo, const struct sigaction *to, struct sigaction *from) {
    if (sigaction(signo, to, from) == 0) return true;
    if (errno != EINVAL) environment_error("sigaction", "a signal can be neither caught nor ignored", errno);
    return false;
}

static void take_locked(int signo, bool ignore) {
    struct sigaction a = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigfillset(&a.sa_mask); /* no other handler may leave ours by a jump, or keep it */
    if (ignore) {
        a = (struct sigaction){.sa_handler = SIG_IGN};
    } else if (may_be_fault(signo)) { /* a fault in the telling of a fault must come through */
        a.sa_flags |= SA_NODEFER;
        sigemptyset(&a.sa_mask);
    }
    if (!(held & bit_of(signo)) && !change_action(signo, NULL, &former[signo])) return;
    if (!change_action(signo, &a, NULL)) return;
    held |= bit_of(signo);
    ignored = ignore ? ignored | bit_of(signo) : ignored & ~bit_of(signo);
}

static void give_back_locked(int signo) {
    struct sigaction now;
    if (!(held & bit_of(signo))) return;
    bool ours = sigaction(signo, NULL, &now) == 0 &&
                (ignored & bit_of(signo) ? now.sa_handler == SIG_IGN : now.sa_sigaction == on_signal);
    if (ours) sigaction(signo, &former[signo], NULL);
    held &= ~bit_of(signo);
    ignored &= ~bit_of(signo);
}

/* -- fork: on the forking thread ------------------------------------------------------------------------------------------ */

static __thread sigset_t mask_before __attribute__((tls_model("initial-exec")));

/* From the fork on until its dispositions are those of a child, a signal for the child waits. */
void signals_before_fork(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask_before);
}

void signals_after_fork(bool in_child) {
    for (int signo = 1; in_child && signo < SIGNALS; signo++)
        if (!(ignored & bit_of(signo))) give_back_locked(signo);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

/* -- registrations: under the lock --------------------------------------------------------------------------------------- */

/* The link to c's registration for the signal, or the one where it is to be put. */
static struct listener **find_locked(int signo, const struct chan *c) {
    struct listener **link = &listeners[signo];
    while (*link && (*link)->chan != c) link = &(*link)->next;
    return link;
}

static bool is_registered_locked(const struct chan *c) {
    for (int signo = 1; signo < SIGNALS; signo++)
        if (*find_locked(signo, c)) return true;
    return false;
}

static void set_notified(struct chan *c, bool notified) {
    __atomic_store_n(&c->notified, notified, __ATOMIC_RELAXED); /* pairs with the loads in chan.c */
}

static void add_locked(int signo, struct chan *c, struct g *g) {
    struct listener **link = find_locked(signo, c), *l = *link;
    if (!l) {
        l = malloc(sizeof *l);
        if (!l) environment_error("malloc", "no memory to register for a signal", ENOMEM);
        *l = (struct listener){.chan = c, .clock = hook_sync_new()};
    }
    hook_release_merge(task_of(g), l->clock);
    *link = l;
    set_notified(c, true);
}

/* What the signal did before is done again first, so that none is lost between the two. */
static void remove_locked(int signo, const struct chan *c) {
    struct listener **link = find_locked(signo, c), *l = *link;
    if (!l) return;
    if (l == listeners[signo] && !l->next) give_back_locked(signo);
    let_handlers_end();
    deliver_locked();
    *link = l->next;
    if (l->clock) hook_sync_free(l->clock);
    free(l);
}

static void remove_channel_locked(struct chan *c) {
    for (int signo = 1; signo < SIGNALS; signo++) remove_locked(signo, c);
    set_notified(c, false);
}

static void remove_signal_locked(int signo) {
    while (listeners[signo]) {
        struct chan *c = listeners[signo]->chan;
        remove_locked(signo, c);
        set_notified(c, is_registered_locked(c));
    }
}

void signals_forget(struct chan *c) {
    lock_take(&lock);
    remove_channel_locked(c);
    lock_drop(&lock);
}

/* -- goro.h ---------------------------------------------------------------------------------------------------------------- */

static void check_channel(const struct chan *c, uintptr_t pc) {
    if (!c) panic_raise(HOOK_PANIC, NULL, pc, "os/signal: Notify using nil channel");
    if (c->internal) panic_raise(HOOK_PANIC, c, pc, "goro_notify: the channel belongs to a timer or context");
}

GORO_API void goro_notify_(void *channel, int signo) {
    struct chan *c = channel;
    uintptr_t pc = CALLER;
    struct g *g = runtime_enter();
    check_channel(c, pc);
    chan_use(c, g, HOOK_USE_BY_SIGNALS, pc);
    if (is_catchable(signo)) {
        poller_start();
        lock_take(&lock);
        add_locked(signo, c, g);
        take_locked(signo, false);
        lock_drop(&lock);
    }
    runtime_leave(g);
}

GORO_API void goro_notify_stop_(void *channel) {
    struct chan *c = channel;
    struct g *g = runtime_enter();
    if (c) {
        chan_use(c, g, HOOK_USE_LOOK, CALLER);
        signals_forget(c);
    }
    runtime_leave(g);
}

static void end_signal(int signo, bool ignore) {
    if (!is_catchable(signo)) return;
    struct g *g = runtime_enter();
    lock_take(&lock);
    remove_signal_locked(signo);
    if (ignore) take_locked(signo, true);
    else give_back_locked(signo);
    lock_drop(&lock);
    runtime_leave(g);
}

GORO_API void goro_signal_ignore(int signo) { end_signal(signo, true); }
GORO_API void goro_signal_reset(int signo) { end_signal(signo, false); }
