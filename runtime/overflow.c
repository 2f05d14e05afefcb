/* Stack overflow, told in words: the handler of SIGSEGV on a stack of its own.
 *
 * A fault in the guard of one of our stacks is an overflow. Any other goes to whoever had the signal before us, or to
 * the default action, as if we were not there. A program that installs its own handler later replaces ours.
 *
 * Threads: the handler runs on the faulting one and never returns for an overflow. */
#include "runtime/base/fmt.h"
#include "runtime/dump.h"
#include "runtime/proc.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HANDLER_STACK = 128 * 1024 };

static struct sigaction previous[2]; /* of SIGSEGV, SIGBUS */

static struct sigaction *previous_of(int signal) { return &previous[signal == SIGBUS]; }

static _Noreturn void report_overflow(const void *ucontext) {
    hook_misuse(HOOK_PANIC, NULL, 0);
    fmt_fd(2, "goro: goroutine stack exceeds %lu-byte limit (set GORO_STACK for more)\nfatal error: stack overflow\n",
           stack_bytes);
    dump_self(ucontext);
    _exit(GORO_EXIT_PANIC);
}

static void pass_on(int signal, siginfo_t *info, void *ucontext) {
    struct sigaction *p = previous_of(signal);
    if (p->sa_flags & SA_SIGINFO) {
        p->sa_sigaction(signal, info, ucontext);
    } else if (p->sa_handler == SIG_DFL || (p->sa_handler == SIG_IGN && info->si_code > 0)) {
        sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        if (info->si_code <= 0) raise(signal); /* sent by kill: it will not come again by itself */
    } else if (p->sa_handler != SIG_IGN) {
        p->sa_handler(signal);
    }
}

static void on_fault(int signal, siginfo_t *info, void *ucontext) {
    if (info->si_code > 0 && stack_guard_hit((uintptr_t)info->si_addr)) report_overflow(ucontext);
    pass_on(signal, info, ucontext);
}

void overflow_init(void) {
    static const int signals[] = {SIGSEGV, SIGBUS};
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&a.sa_mask);
    for (unsigned i = 0; i < array_length(signals); i++) sigaction(signals[i], &a, previous_of(signals[i]));
}

/* The handler cannot run on the stack that has just overflowed. A thread that has such a stack already keeps it. */
void overflow_thread_init(void) {
    stack_t old;
    if (sigaltstack(NULL, &old) || !(old.ss_flags & SS_DISABLE)) return;
    void *p = mmap(NULL, HANDLER_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return; /* an overflow will then be a bare SIGSEGV */
    sigaltstack(&(stack_t){.ss_sp = p, .ss_size = HANDLER_STACK}, NULL);
}
