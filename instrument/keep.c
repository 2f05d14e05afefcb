/* The life of a process that runs one schedule after the other: keep.h.
 *
 *     keep_begin       saves memory, and has the kernel show each system call from anywhere but keep_call (SIGSYS)
 *     on_call          makes those that leave nothing behind (keep_calls.c)
 *       exit_group     the schedule has ended: another is asked for, memory is put back, and keep_begin returns again
 *       any other      become_ordinary; the call is made again where it stood, unseen
 *
 * Always true
 *  1. What is in *keep, and on the stack in it, is not put back.
 *  2. While calls are seen SIGSYS is not blocked: of a call that changes what is blocked that part is only kept in mind, and the
 *     handlers that there are block all but it.
 *  3. An ordinary process has none of it: no descriptor, no handler.
 *  4. From exit_group on until keep_begin returns all signals are blocked, and what came for one schedule is not the next one's.
 *
 * Not done: a filter (seccomp) in place of the dispatch: it cannot be taken back, and slows each call of the program's children. */
#include "instrument/keep.h"
#include "instrument/keep_inside.h"
#include "runtime/base/base.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK = 64 << 10, RUNS_MAX = 1000, MASK_BYTES = 8, SIGNALS = 64 };
enum {
    DISPATCH = 59,
    DISPATCH_OFF = 0,
    DISPATCH_ON = 1,
    SHOWN = 2
};                     /* PR_SET_SYSCALL_USER_DISPATCH and so on, of Linux 5.11's headers */
enum { UNSEEN, SEEN }; /* SYSCALL_DISPATCH_FILTER_ALLOW, _BLOCK */

struct action { /* the kernel's */
    void (*handler)(int, siginfo_t *, void *);
    uint64_t flags;
    void (*restorer)(void);
    uint64_t mask;
};

static struct keep {
    volatile uint8_t seen; /* the kernel looks at it at each call */
    bool saved;
    bool blocked; /* the schedule has blocked SIGSYS, as far as it knows */
    int status;
    unsigned runs;
    struct keep_use use;
    void *jump[5];
    uint64_t mask;
    uint32_t mxcsr;
    uint16_t x87;
    struct action before; /* of SIGSYS */
    struct keep_calls calls;
    struct keep_memory memory;
    char stack[STACK] __attribute__((aligned(16)));
} *keep; /* NULL: this process is not used again */

/* -- calls that are not seen -------------------------------------------------------------------------------------- */

void keep_restorer(void) __attribute__((visibility("hidden")));
extern const char keep_unseen_end[] __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
        ".globl keep_call, keep_restorer, keep_unseen_end\n"
        ".hidden keep_call, keep_restorer, keep_unseen_end\n"
        ".type keep_call, @function\n"
        ".type keep_restorer, @function\n"
        "keep_call:\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    mov %rdx, %rsi\n"
        "    mov %rcx, %rdx\n"
        "    mov %r8, %r10\n"
        "    mov %r9, %r8\n"
        "    mov 8(%rsp), %r9\n"
        "    syscall\n"
        "    ret\n"
        ".size keep_call, . - keep_call\n"
        "keep_restorer:\n"
        "    mov $15, %eax\n" /* rt_sigreturn */
        "    syscall\n"
        "    ud2\n"
        ".size keep_restorer, . - keep_restorer\n"
        "keep_unseen_end:\n"
        ".popsection\n");

static long call2(long number, uintptr_t a, uintptr_t b) { return keep_call(number, a, b, 0, 0, 0, 0); }
static long set_action(int signal, const struct action *new, struct action *old) {
    return keep_call(SYS_rt_sigaction, (uintptr_t)signal, (uintptr_t) new, (uintptr_t)old, MASK_BYTES, 0, 0);
}
static long set_mask(int how, const uint64_t *new, uint64_t *old) {
    return keep_call(SYS_rt_sigprocmask, (uintptr_t)how, (uintptr_t) new, (uintptr_t)old, MASK_BYTES, 0, 0);
}
static uint64_t bit(int signal) { return UINT64_C(1) << (signal - 1); }

/* On the stack in *keep: the others are memory that is put back. */
static void call_apart(void (*fn)(void)) {
    __asm__ volatile("mov %%rsp, %%rbx\n"
                     "mov %1, %%rsp\n"
                     "call *%0\n"
                     "mov %%rbx, %%rsp\n"
                     :
                     : "r"(fn), "r"(keep->stack + STACK)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2",
                       "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                       "xmm14", "xmm15", "memory", "cc");
}

/* -- the end of a schedule ------------------------------------------------------------------------------------------ */

/* Those that were meant for the schedule. */
static void forget_signals(void) {
    static const struct timespec at_once;
    static const uint64_t all = UINT64_MAX;
    while (keep_call(SYS_rt_sigtimedwait, (uintptr_t)&all, 0, (uintptr_t)&at_once, MASK_BYTES, 0, 0) > 0) {}
}

static void go_on(void) {
    struct keep *k = keep;
    bool again = k->runs++ < RUNS_MAX;
    if (keep_calls_undo(&k->calls)) k->memory.looked = false;
    again = again && keep_memory_look(&k->memory) && k->use.next(k->use.shared, (k->status & 255) << 8);
    while (!again) call2(SYS_exit_group, (uintptr_t)k->status, 0);
    forget_signals();
    k->blocked = false;
    keep_memory_restore(&k->memory);
    __builtin_longjmp(k->jump, 1);
}

static void forget(void) {
    struct keep *k = keep;
    keep = NULL;
    keep_call(SYS_prctl, DISPATCH, DISPATCH_OFF, 0, 0, 0, 0);
    set_action(SIGSYS, &k->before, NULL);
    keep_memory_close(&k->memory);
    call2(SYS_munmap, (uintptr_t)k, sizeof *k);
}

static void become_ordinary(void) {
    call2(SYS_close, (uintptr_t)keep->use.fd, 0);
    forget();
}

void keep_end(void) {
    static const uint64_t shown = UINT64_C(1) << (SIGSYS - 1);
    if (!keep) return;
    if (keep->blocked) set_mask(SIG_BLOCK, &shown, NULL);
    become_ordinary();
}

/* -- system calls, as the kernel shows them --------------------------------------------------------------------------- */

/* rt_sigprocmask, on what will be blocked when on_call returns. The kernel looks at the pointers. */
static long change_mask(uint64_t *mask, const uintptr_t *a) {
    const uint64_t *given = (const uint64_t *)a[1]; /* NOLINT: as the kernel would read it */
    uint64_t *told = (uint64_t *)a[2], before = *mask | (keep->blocked ? bit(SIGSYS) : 0), after = before; /* NOLINT */
    long e = keep_call(SYS_rt_sigprocmask, SIG_BLOCK, a[1], a[2], a[3], 0, 0);
    if (e < 0) return e;
    if (given && a[0] == SIG_BLOCK) after |= *given;
    else if (given && a[0] == SIG_UNBLOCK) after &= ~*given;
    else if (given && a[0] == SIG_SETMASK) after = *given;
    else if (given) return -EINVAL;
    if (told) *told = before;
    keep->blocked = after & bit(SIGSYS);
    *mask = after & ~bit(SIGSYS);
    return 0;
}

/* The program has blocked it, as far as it knows. */
static void block_after_all(uint64_t *mask) {
    if (keep && keep->blocked) *mask |= bit(SIGSYS);
}

/* From another process, or of the program's own making: what was there before gets it. */
static void pass_on(void) {
    keep_end();
    keep_call(SYS_tgkill, (uintptr_t)call2(SYS_getpid, 0, 0), (uintptr_t)call2(SYS_gettid, 0, 0), SIGSYS, 0, 0, 0);
}

static void on_call(int signal, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    uintptr_t arguments[] = {(uintptr_t)r[REG_RDI], (uintptr_t)r[REG_RSI], (uintptr_t)r[REG_RDX],
                             (uintptr_t)r[REG_R10], (uintptr_t)r[REG_R8],  (uintptr_t)r[REG_R9]};
    enum { CALL_BYTES = 2 };
    uint64_t *mask = (uint64_t *)&((ucontext_t *)context)->uc_sigmask;
    long result;
    (void)signal;
    if (!keep || info->si_code != SHOWN) {
        block_after_all(mask);
        pass_on();
        return;
    }
    keep->seen = UNSEEN;
    if (r[REG_RAX] == SYS_exit_group) {
        keep->status = (int)arguments[0];
        call_apart(go_on);
    }
    if (r[REG_RAX] == SYS_rt_sigprocmask && arguments[3] == MASK_BYTES) {
        r[REG_RAX] = change_mask(mask, arguments);
        keep->seen = SEEN;
    } else if (info->si_arch == AUDIT_ARCH_X86_64 && keep_calls_make(&keep->calls, r[REG_RAX], arguments, &result)) {
        r[REG_RAX] = result;
        keep->seen = SEEN;
    } else {
        block_after_all(mask);
        become_ordinary();
        r[REG_RIP] -= CALL_BYTES;
    }
}

/* Handlers that were there before main: whatever they block, they can be shown calls. */
static void unblock_in_handlers(void) {
    for (int i = 1; i <= SIGNALS; i++) {
        struct action a;
        if (i == SIGSYS || set_action(i, NULL, &a) != 0 || !(a.mask & bit(SIGSYS))) continue;
        a.mask &= ~bit(SIGSYS);
        set_action(i, &a, NULL);
    }
}

static bool see_calls(void) {
    enum { RESTORER = 0x04000000 };
    struct action a = {on_call, SA_SIGINFO | SA_ONSTACK | RESTORER, keep_restorer, UINT64_MAX};
    uintptr_t low = (uintptr_t)keep_call;
    unblock_in_handlers();
    if (set_action(SIGSYS, &a, NULL) != 0) return false;
    return keep_call(SYS_prctl, DISPATCH, DISPATCH_ON, low, (uintptr_t)keep_unseen_end - low, (uintptr_t)&keep->seen,
                     0) == 0;
}

/* -- beginning ----------------------------------------------------------------------------------------------------------- */

/* Goroutines' stacks are no place for the kernel's frames: what they leave there is seen by who looks for pointers. */
static bool has_handler_stack(void) {
    enum { FRAME_BYTES = 16 << 10 }; /* the kernel's, with all of a processor's registers, and ours */
    stack_t s;
    return call2(SYS_sigaltstack, 0, (uintptr_t)&s) == 0 && !(s.ss_flags & SS_DISABLE) && s.ss_size >= FRAME_BYTES;
}

/* From here on until the schedule begins no signal is taken: its handler might make a thread. */
static bool make(const struct keep_use *use) {
    static const uint64_t all = UINT64_MAX;
    long p =
        keep_call(SYS_mmap, 0, sizeof *keep, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, (uintptr_t)-1, 0);
    if (p < 0 && p > -KEEP_PAGE) return false;
    keep = (struct keep *)p; /* NOLINT: an address, as the kernel gives it */
    keep->use = *use;
    keep->memory.own[0] = (struct keep_span){(uintptr_t)p, (uintptr_t)p + sizeof *keep};
    keep->memory.own[1] = (struct keep_span){(uintptr_t)use->shared, (uintptr_t)use->shared + use->shared_bytes};
    __asm__("stmxcsr %0\n fnstcw %1" : "=m"(keep->mxcsr), "=m"(keep->x87));
    keep->memory.pagemap = -1;
    set_mask(SIG_SETMASK, &all, &keep->mask);
    set_action(SIGSYS, NULL, &keep->before);
    keep_calls_begin(&keep->calls);
    return true;
}

static void save(void) {
    keep->saved = !(keep->mask & bit(SIGSYS)) && has_handler_stack() && see_calls() && keep_memory_save(&keep->memory);
}

bool keep_begin(const struct keep_use *use) {
    if (!make(use)) return false;
    if (__builtin_setjmp(keep->jump) == 0) call_apart(save);
    bool saved = keep->saved;
    uint64_t mask = keep->mask;
    if (saved) {
        __asm__ volatile("ldmxcsr %0\n fldcw %1" ::"m"(keep->mxcsr), "m"(keep->x87));
        keep->seen = SEEN;
    } else {
        forget();
    }
    set_mask(SIG_SETMASK, &mask, NULL); /* a handler may end it here */
    return saved;
}

/* -- goro's own calls ------------------------------------------------------------------------------------------------------ */

uint8_t keep_pause(void) {
    uint8_t before = keep ? keep->seen : UNSEEN;
    if (before) keep->seen = UNSEEN;
    return before;
}

void keep_resume(uint8_t before) {
    if (before && keep) keep->seen = SEEN;
}
