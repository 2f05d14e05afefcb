/* The context switch on x86-64: three stores, three loads and a jump.
 *
 * The compiler saves what it needs: every register but the stack and frame pointers is in the clobber list, so a
 * switch costs only the registers that are live at that place. One word, `carry`, travels in a register from the
 * side that leaves to the side that goes on; the scheduler passes the thread's M this way, so that nothing need be
 * read from thread-local storage after a switch.
 *
 * Unwinding: a suspended context is (pc, sp, fp) inside an ordinary C function with ordinary CFI, so a debugger or
 * libunwind that starts from these three finds every frame. The root frame declares its return address undefined.
 *
 * Not saved: mxcsr and the x87 control word. They belong to the thread, as in Go: a goroutine that changes rounding
 * restores it before its next goro operation. Shadow stacks (CET) are not switched: do not enable them. */
#ifndef GORO_RUNTIME_SWITCH_X86_64_H
#define GORO_RUNTIME_SWITCH_X86_64_H

#include "runtime/base/base.h"

struct context {
    void *pc, *sp, *fp;
};

GORO_INLINE void *context_switch(struct context *from, const struct context *to, void *carry) {
    /* A leaf's red zone lies below the saved sp and stays untouched: nobody runs on a suspended stack. */
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
                     "movq %%rax, 0(%[from])\n\t"
                     "movq %%rsp, 8(%[from])\n\t"
                     "movq %%rbp, 16(%[from])\n\t"
                     "movq 8(%[to]), %%rsp\n\t"
                     "movq 16(%[to]), %%rbp\n\t"
                     "jmpq *0(%[to])\n\t"
                     ".p2align 4\n"
                     "1:"
                     : "+D"(carry), [from] "+S"(from), [to] "+d"(to)
                     :
                     : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1",
                       "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                       "xmm13", "xmm14", "xmm15", "memory", "cc"
#ifdef __AVX512F__
                       ,
                       "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",
                       "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#endif
    );
    return carry;
}

/* Has the calling function keep all registers of its callers' in its frame, and returns where that ends. */
static inline __attribute__((always_inline)) void *context_spill(void) {
    void *sp;
    __builtin_unwind_init();
    __asm__ volatile("movq %%rsp, %0" : "=r"(sp));
    return sp;
}

/* Goes on at `to` for good. */
_Noreturn GORO_INLINE void context_jump(const struct context *to, void *carry) {
    __asm__ volatile("movq 8(%[to]), %%rsp\n\t"
                     "movq 16(%[to]), %%rbp\n\t"
                     "jmpq *0(%[to])"
                     :
                     : "D"(carry), [to] "d"(to)
                     : "memory");
    __builtin_unreachable();
}

/* Processors predict a return by a stack of their own, which a switch leaves as it is: whoever goes on returns to where
 * the other was called from, is mispredicted, and so are the returns behind that one. A function marked with this, the one
 * in which goroutines are left for others, returns by a jump instead (predicted by what led there) unless the one who
 * was left last will return to the same place, where the processor is right. It should be the only frame between the
 * switch and the user's code (called as the last thing its caller does), and tell that place by m->left_at.
 * A pair of switches, each with one such return: 35 ns with plain returns, 12 so (Zen 3).
 *
 * gcc gives the means, made against Spectre: the return goes by a thunk that we write. */
#if __has_attribute(function_return)
#define GORO_RETURNS_ELSEWHERE __attribute__((noinline, function_return("thunk-extern")))
#else
#define GORO_RETURNS_ELSEWHERE __attribute__((noinline))
#endif
#define M_UNLOCK 24
#define M_UNLOCK_TEXT "24"
#define M_LEFT_AT 40
#define M_LEFT_AT_TEXT "40"
#define RETURN_THUNK_ASM                                                                                               \
    __asm__(".pushsection .text\n"                                                                                     \
            ".p2align 4\n"                                                                                             \
            ".hidden __x86_return_thunk\n"                                                                             \
            ".globl __x86_return_thunk\n"                                                                              \
            ".type __x86_return_thunk, @function\n"                                                                    \
            "__x86_return_thunk:\n"                                                                                    \
            ".cfi_startproc\n"                                                                                         \
            "movq m_self@gottpoff(%rip), %rcx\n"                                                                       \
            "movq %fs:(%rcx), %rcx\n"                                                                                  \
            "movq (%rsp), %r8\n"                                                                                       \
            "cmpq %r8, " M_LEFT_AT_TEXT "(%rcx)\n"                                                                     \
            "je 1f\n"                                                                                                  \
            "addq $8, %rsp\n"                                                                                          \
            ".cfi_def_cfa_offset 0\n"                                                                                  \
            ".cfi_register rip, r8\n"                                                                                  \
            "jmpq *%r8\n"                                                                                              \
            ".cfi_def_cfa_offset 8\n"                                                                                  \
            ".cfi_offset rip, -8\n"                                                                                    \
            "1: retq\n"                                                                                                \
            ".cfi_endproc\n"                                                                                           \
            ".size __x86_return_thunk, . - __x86_return_thunk\n"                                                       \
            ".popsection\n")

/* The root of a fresh stack: goes to `stack_main` with the carry; it must not return. By a jump, so that the processor
 * still has the returns of whoever was left when a goroutine ends without having waited.
 *
 * Before it touches the stack it drops the lock that the one who was left waits behind (switch_finish): the first touch of a
 * new stack is a page fault, for which others would wait. A sanitizer would not see that: there stack_main does it.
 * context_restart is the same for a goroutine that had begun already; its carry is not looked at. */
void context_root(void);
void context_restart(void);
_Noreturn void stack_main(void *carry) __asm__("goro_stack_main");

/* What the one before has left in the registers that callees keep would be saved in this stack's first frames: a watcher
 * that looks for pointers would take it for a goroutine's own. */
#ifdef GORO_RACE
#define CONTEXT_CLEAR                                                                                                  \
    "xorl %ebx, %ebx\nxorl %r12d, %r12d\nxorl %r13d, %r13d\nxorl %r14d, %r14d\nxorl %r15d, %r15d\n"
#define CONTEXT_FORGET()                                                                                               \
    __asm__ volatile("xorl %%ebx, %%ebx\n\txorl %%r12d, %%r12d\n\txorl %%r13d, %%r13d\n\txorl %%r14d, %%r14d\n\t"    \
                     "xorl %%r15d, %%r15d"                                                                             \
                     :                                                                                                 \
                     :                                                                                                 \
                     : "rbx", "r12", "r13", "r14", "r15", "cc")
#else
#define CONTEXT_CLEAR
#define CONTEXT_FORGET() (void)0
#endif

#if defined(GORO_CHECKS) || defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define CONTEXT_ROOT_DROPS_LOCK false
#define CONTEXT_DROP_LOCK
#else
#define CONTEXT_ROOT_DROPS_LOCK true
#define CONTEXT_DROP_LOCK                                                                                              \
    "movq " M_UNLOCK_TEXT "(%rdi), %rax\n"                                                                             \
    "testq %rax, %rax\n"                                                                                               \
    "je context_restart\n"                                                                                             \
    "movq $0, " M_UNLOCK_TEXT "(%rdi)\n"                                                                               \
    "movl $0, (%rax)\n"
#endif

#define CONTEXT_ROOT_ASM                                                                                               \
    __asm__(".pushsection .text\n"                                                                                     \
            ".p2align 4\n"                                                                                             \
            ".hidden goro_stack_main\n"                                                                                \
            ".hidden context_root\n"                                                                                   \
            ".globl context_root\n"                                                                                    \
            ".type context_root, @function\n"                                                                          \
            ".hidden context_restart\n"                                                                                \
            ".globl context_restart\n"                                                                                 \
            ".type context_restart, @function\n"                                                                       \
            "context_root:\n"                                                                                          \
            ".cfi_startproc\n"                                                                                         \
            ".cfi_undefined rip\n" CONTEXT_DROP_LOCK "context_restart:\n"                                              \
            "xorl %ebp, %ebp\n" CONTEXT_CLEAR "leaq 1f(%rip), %rax\n"                                                  \
            "pushq %rax\n"                                                                                             \
            ".cfi_adjust_cfa_offset 8\n"                                                                               \
            "jmp goro_stack_main\n"                                                                                    \
            "1: ud2\n"                                                                                                 \
            ".cfi_endproc\n"                                                                                           \
            ".size context_root, . - context_root\n"                                                                   \
            ".popsection\n")

/* A context that starts `root` on the stack that ends at `top` (16-byte aligned). */
GORO_INLINE void context_make(struct context *c, uintptr_t top, void (*root)(void)) {
    *c = (struct context){.pc = (void *)root, .sp = (void *)top, .fp = NULL};
}

#endif
