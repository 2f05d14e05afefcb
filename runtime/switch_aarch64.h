/* The context switch on AArch64. Contract and reasons: switch_x86_64.h. Not saved: FPCR. */
#ifndef GORO_RUNTIME_SWITCH_AARCH64_H
#define GORO_RUNTIME_SWITCH_AARCH64_H

#include "runtime/base/base.h"

struct context {
    void *pc, *sp, *fp;
};

GORO_INLINE void *context_switch(struct context *from, const struct context *to, void *carry) {
    register void *x0 __asm__("x0") = carry;
    register struct context *x1 __asm__("x1") = from;
    register const struct context *x2 __asm__("x2") = to;
    __asm__ volatile("adr x3, 1f\n\t"
                     "mov x4, sp\n\t"
                     "stp x3, x4, [x1]\n\t"
                     "str x29, [x1, #16]\n\t"
                     "ldp x3, x4, [x2]\n\t"
                     "ldr x29, [x2, #16]\n\t"
                     "mov sp, x4\n\t"
                     "br x3\n"
                     "1:"
                     : "+r"(x0), "+r"(x1), "+r"(x2)
                     :
                     : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
                       "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "v0", "v1",
                       "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",
                       "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
                       "v31", "memory", "cc");
    return x0;
}

/* Has the calling function keep all registers of its callers' in its frame, and returns where that ends. */
static inline __attribute__((always_inline)) void *context_spill(void) {
    void *sp;
    __builtin_unwind_init();
    __asm__ volatile("mov %0, sp" : "=r"(sp));
    return sp;
}

_Noreturn GORO_INLINE void context_jump(const struct context *to, void *carry) {
    register void *x0 __asm__("x0") = carry;
    register const struct context *x2 __asm__("x2") = to;
    __asm__ volatile("ldp x3, x4, [x2]\n\t"
                     "ldr x29, [x2, #16]\n\t"
                     "mov sp, x4\n\t"
                     "br x3"
                     :
                     : "r"(x0), "r"(x2)
                     : "memory");
    __builtin_unreachable();
}

/* See switch_x86_64.h. Not measured here. */
#define GORO_RETURNS_ELSEWHERE __attribute__((noinline))
#define M_UNLOCK 24
#define M_UNLOCK_TEXT "24"
#define M_LEFT_AT 40
#define RETURN_THUNK_ASM _Static_assert(1, "no thunk")

void context_root(void);
void context_restart(void);
_Noreturn void stack_main(void *carry) __asm__("goro_stack_main");

/* What the one before has left in the registers that callees keep would be saved in this stack's first frames: a watcher
 * that looks for pointers would take it for a goroutine's own. */
#ifdef GORO_RACE
#define CONTEXT_CLEAR                                                                                                 \
    "mov x19, xzr\nmov x20, xzr\nmov x21, xzr\nmov x22, xzr\nmov x23, xzr\n"                                                                  \
    "mov x24, xzr\nmov x25, xzr\nmov x26, xzr\nmov x27, xzr\nmov x28, xzr\n"
#define CONTEXT_FORGET()                                                                                              \
    __asm__ volatile(CONTEXT_CLEAR                                                                                    \
                     :                                                                                                \
                     :                                                                                                \
                     : "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28")
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
    "ldr x1, [x0, #" M_UNLOCK_TEXT "]\n"                                                                               \
    "cbz x1, context_restart\n"                                                                                        \
    "str xzr, [x0, #" M_UNLOCK_TEXT "]\n"                                                                              \
    "stlr wzr, [x1]\n"
#endif

#define CONTEXT_ROOT_ASM                                                                                               \
    __asm__(".pushsection .text\n"                                                                                     \
            ".p2align 4\n"                                                                                             \
            ".hidden goro_stack_main\n"                                                                                \
            ".hidden context_root\n"                                                                                   \
            ".globl context_root\n"                                                                                    \
            ".type context_root, %function\n"                                                                          \
            ".hidden context_restart\n"                                                                                \
            ".globl context_restart\n"                                                                                 \
            ".type context_restart, %function\n"                                                                       \
            "context_root:\n"                                                                                          \
            ".cfi_startproc\n"                                                                                         \
            ".cfi_undefined x30\n" CONTEXT_DROP_LOCK "context_restart:\n"                                              \
            "mov x29, xzr\n"                                                                                           \
            "mov x30, xzr\n" CONTEXT_CLEAR "bl goro_stack_main\n"                                                      \
            "brk #1\n"                                                                                                 \
            ".cfi_endproc\n"                                                                                           \
            ".size context_root, . - context_root\n"                                                                   \
            ".popsection\n")

GORO_INLINE void context_make(struct context *c, uintptr_t top, void (*root)(void)) {
    *c = (struct context){.pc = (void *)root, .sp = (void *)top, .fp = NULL};
}

#endif
