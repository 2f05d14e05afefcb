/* How a program dies of a signal: in words, as in Go.
 *
 * A fault in the guard of one of our stacks is an overflow: Go's text, exit status 2. Any other signal of the table says
 * what came, where, and on which goroutine's stack; then the process dies of that very signal, so that its status and
 * its core dump are what they would be without us. SIGQUIT shows every goroutine and ends with status 2.
 *
 * Always true
 *  1. Who had a signal before the runtime started keeps it: we do not touch it, but for SIGSEGV and SIGBUS, which come to
 *     us first, for the overflows, and are passed on. Who installs a handler later replaces ours.
 *  2. One thread tells (ending_begin). If reading a stack makes it fault in its turn, that stack is given up (dump.c);
 *     any other fault of the teller's ends the process at once.
 *
 * Threads: the handlers run on the thread that the signal came to, wherever that was; on a stack of their own where there
 * is one, for the thread's own may be what is broken. */
#include "runtime/crash.h"
#include "runtime/base/fmt.h"
#include "runtime/dump.h"
#include "runtime/proc.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { HANDLER_STACK = 128 * 1024, SIGNALS = 32 };

static const char *const fatal[SIGNALS] = {
    [SIGILL] = "SIGILL: illegal instruction",
    [SIGTRAP] = "SIGTRAP: trace trap",
    [SIGABRT] = "SIGABRT: abort",
    [SIGBUS] = "SIGBUS: bus error",
    [SIGFPE] = "SIGFPE: floating-point exception",
    [SIGSEGV] = "SIGSEGV: segmentation violation",
    [SIGSYS] = "SIGSYS: bad system call",
};

static struct sigaction previous[SIGNALS];

static void *pc_of(const void *ucontext) {
    const ucontext_t *u = ucontext;
#if defined(__x86_64__)
    return (void *)u->uc_mcontext.gregs[REG_RIP];
#else
    return (void *)u->uc_mcontext.pc;
#endif
}

/* -- dying ------------------------------------------------------------------------------------------------------------- */

static _Noreturn void report_overflow(const void *ucontext) {
    if (!ending_begin()) {
        dump_stack_faulted();
        _exit(GORO_EXIT_PANIC);
    }
    hook_misuse(HOOK_PANIC, NULL, 0);
    fmt_fd(2,
           "goro: goroutine stack exceeds %lu-byte limit (set GORO_STACK for more)\nfatal error: stack "
           "overflow\n",
           stack_bytes);
    dump_fault("fatal error: stack overflow", ucontext, false);
    if (traceback_all()) dump_others(m_self->g);
    _exit(GORO_EXIT_PANIC);
}

/* A fault comes again by itself when the handler returns, and the core dump then shows its place. */
static void die_of(int signal, const siginfo_t *info) {
    bool again = signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    if (info->si_code <= 0 || !again) raise(signal);
}

static void report_signal(int signal, const siginfo_t *info, const void *ucontext) {
    if (!ending_begin()) { /* we have faulted in telling */
        dump_stack_faulted();
        die_of(signal, info);
        return;
    }
    hook_misuse(HOOK_PANIC, NULL, 0);
    if (!runtime_started()) { /* a program of threads only: the watcher's words are enough */
        dump_fault(fatal[signal], ucontext, true);
        die_of(signal, info);
        return;
    }
    fmt_fd(2, "fatal error: unexpected signal\n[signal %s code=0x%x ", fatal[signal], (unsigned)info->si_code);
    if (info->si_code > 0) fmt_fd(2, "addr=0x%lx", (unsigned long)info->si_addr);
    else fmt_fd(2, "pid=%d", info->si_pid);
    fmt_fd(2, " pc=0x%lx]\n", (unsigned long)pc_of(ucontext));
    dump_fault(fatal[signal], ucontext, false);
    if (traceback_all()) dump_others(m_self->g);
    die_of(signal, info);
}

void crash_pass_on(const struct sigaction *to, int signal, siginfo_t *info, void *ucontext) {
    bool fault = info->si_code > 0;
    if (to->sa_handler == SIG_DFL || (to->sa_handler == SIG_IGN && fault)) report_signal(signal, info, ucontext);
    else if (to->sa_handler == SIG_IGN) return;
    else if (to->sa_flags & SA_SIGINFO) to->sa_sigaction(signal, info, ucontext);
    else to->sa_handler(signal);
}

static void on_fatal(int signal, siginfo_t *info, void *ucontext) {
    bool access = signal == SIGSEGV || signal == SIGBUS;
    if (access && info->si_code > 0 && stack_guard_hit((uintptr_t)info->si_addr)) report_overflow(ucontext);
    crash_pass_on(&previous[signal], signal, info, ucontext);
}

/* Without the good-byes that _exit may have been given: the thread may hold whatever lock they need. */
static void on_quit(int signal, siginfo_t *info, void *ucontext) {
    (void)signal, (void)info;
    if (!ending_begin()) return; /* it came to who tells already */
    fmt_fd(2, "SIGQUIT: quit\nPC=0x%lx\n", (unsigned long)pc_of(ucontext));
    dump_self(ucontext);
    dump_others(m_self->g);
    syscall(SYS_exit_group, GORO_EXIT_PANIC);
}

/* -- installing ---------------------------------------------------------------------------------------------------------- */

static void install(int signal, void (*handler)(int, siginfo_t *, void *), bool always) {
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&a.sa_mask);
    if (sigaction(signal, NULL, &previous[signal])) return;
    if (always || previous[signal].sa_handler == SIG_DFL) sigaction(signal, &a, NULL);
}

void crash_init_faults(void) {
    static bool done;
    if (done) return;
    done = true;
    for (int i = 1; i < SIGNALS; i++)
        if (fatal[i]) install(i, on_fatal, i == SIGSEGV || i == SIGBUS);
}

void crash_init(void) {
    crash_init_faults();
    install(SIGQUIT, on_quit, false);
}

/* The handler cannot run on the stack that has just overflowed. A thread that has such a stack already keeps it. */
void crash_thread_init(void) {
    stack_t old;
    if (sigaltstack(NULL, &old) || !(old.ss_flags & SS_DISABLE)) return;
    void *p = mmap(NULL, HANDLER_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return; /* an overflow will then be a bare SIGSEGV */
    sigaltstack(&(stack_t){.ss_sp = p, .ss_size = HANDLER_STACK}, NULL);
}
