/* Pictures are made on a thread of our own, which sleeps until a handler has set a bit for it: the handler may have come in the
 * middle of anything. A process with one thread makes its pictures in the handler, which wrap_signal.c then calls where it
 * holds nothing of the engine's; so does a child of a fork, which has no other thread.
 *
 * Before the picture it is looked for who waits for ever (scan.h), so that the picture tells.
 *
 * The thread looks besides whether a program of threads stands still (standstill.h).
 *
 * Threads: handlers on any. */
#include "instrument/picture.h"
#include "detector/wire.h"
#include "instrument/scan.h"
#include "instrument/standstill.h"
#include "instrument/wire_out.h"
#include "instrument/wrap.h"
#include "runtime/base/fmt.h"
#include "runtime/base/futex.h"

#include <signal.h>
#include <sys/syscall.h>

enum { WATCHER_STACK = 256 * 1024 };

static const int asked_by[] = {SIGUSR1, SIGTERM, SIGINT, WIRE_PICTURE_SIGNAL};

static struct {
    pid_t process;   /* in which the thread is; 0: there is none */
    uint32_t wanted; /* futex: there is a bit below */
    uint64_t signals;
    bool last; /* goro-race has its picture, and is about to end the program */
} watch;

static const char *name_of(int sig) {
    return sig == SIGUSR1 ? "SIGUSR1" : sig == SIGTERM ? "SIGTERM" : sig == SIGINT ? "SIGINT" : "the end of its time";
}

/* -- one picture -------------------------------------------------------------------------------------------------------- */

static void show(int sig) {
    char text[256];
    struct fmt f;
    scan_now();
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "all goroutines and threads at %s:", name_of(sig));
    wire_out_text(text);
    struct det_pictured seen = det_picture();
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "%lu of them wait, %lu of these for ever; %lu could run", seen.waiting, seen.forever, seen.running);
    wire_out_text(text);
    /* first: the SIGTERM that goro-race sends for its answer may come in the middle of our handler */
    watch.last = sig == WIRE_PICTURE_SIGNAL;
    wire_out_picture_end();
}

/* As it would have died without us. */
static void die_of(int sig) {
    uint64_t only = UINT64_C(1) << (sig - 1);
    wrap_gives_signal_back(sig);
    syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &only, NULL, sizeof only);
    syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), sig);
}

static void serve(int sig) {
    bool ends = sig == SIGTERM || sig == SIGINT;
    if (!ends || !watch.last) show(sig);
    if (!ends) return;
    wire_out_goodbye(); /* a reporter of our own has said all then */
    die_of(sig);
}

/* -- who makes it ---------------------------------------------------------------------------------------------------------- */

static void *watcher(void *unused) {
    (void)unused;
    for (;;) {
        futex_wait(&watch.wanted, 0, standstill_next_look());
        if (!__atomic_load_n(&watch.wanted,
                             __ATOMIC_RELAXED)) { /* relaxed: if it comes now, the next wait does not wait */
            standstill_look();
            continue;
        }
        __atomic_store_n(&watch.wanted, 0,
                         __ATOMIC_SEQ_CST); /* before the bits are taken: pairs with picture_passed_on */
        uint64_t signals = __atomic_exchange_n(&watch.signals, 0, __ATOMIC_SEQ_CST);
        for (size_t i = 0; i < array_length(asked_by); i++)
            if (signals >> (asked_by[i] - 1) & 1) serve(asked_by[i]);
    }
    return NULL;
}

bool picture_passed_on(int sig) {
    if (__atomic_load_n(&watch.process, __ATOMIC_ACQUIRE) != (pid_t)syscall(SYS_getpid)) return false;
    __atomic_fetch_or(&watch.signals, UINT64_C(1) << (sig - 1), __ATOMIC_SEQ_CST);
    __atomic_store_n(&watch.wanted, 1, __ATOMIC_SEQ_CST);
    futex_wake(&watch.wanted, 1);
    return true;
}

unsigned picture_watch(void) {
    static bool begun;
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    if (front_options.serve) return 0; /* a schedule among thousands */
    if (__atomic_exchange_n(&begun, true, __ATOMIC_ACQ_REL)) return watch.process != 0;
    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, WATCHER_STACK);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool made = REAL(pthread_create)(&thread, &attr, watcher, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (made)
        __atomic_store_n(&watch.process, (pid_t)syscall(SYS_getpid),
                         __ATOMIC_RELEASE); /* pairs with picture_passed_on */
    return made;
}

/* -- the only thread ------------------------------------------------------------------------------------------------------- */

static void on_request(int sig, siginfo_t *info, void *context) {
    (void)info, (void)context;
    serve(sig);
}

void picture_start(void) {
    if (front_options.serve) return;
    for (size_t i = 0; i < array_length(asked_by); i++) wrap_takes_signal(asked_by[i], on_request);
}
