/* setjmp and longjmp: the calls that are jumped over are left.
 *
 * setjmp returns twice to its caller's frame, so nothing may stand between: a stub in assembly has the depth noted in
 * the buffer, then jumps to the real one. The note goes into the end of the saved signal mask, of which the kernel and
 * glibc use the first part only; so it is copied with the buffer, and gone with it. */
#include "instrument/wrap.h"

static const uint64_t mark = UINT64_C(0x6a6d7000) << 32; /* tells a note from a mask that a program put there */

static uint64_t *note_of(struct __jmp_buf_tag *env) {
    _Static_assert(sizeof env->__saved_mask == 128, "glibc's jmp_buf has room behind the kernel's mask");
    return (uint64_t *)&env->__saved_mask + 15;
}

void wrap_note_depth(struct __jmp_buf_tag *env);
void wrap_note_depth(struct __jmp_buf_tag *env) {
    *note_of(env) = front_ready && front_self.task ? mark | det_depth(front_self.task) : 0;
}

static void leave_calls(struct __jmp_buf_tag *env) {
    uint64_t note = *note_of(env);
    if (front_ready && front_self.task && note >> 32 == mark >> 32) det_unwind(front_self.task, (uint32_t)note);
}

void WRAP(longjmp)(jmp_buf env, int value) {
    leave_calls(env);
    REAL(longjmp)(env, value);
    __builtin_unreachable();
}
void WRAP(_longjmp)(jmp_buf env, int value) {
    leave_calls(env);
    REAL(_longjmp)(env, value);
    __builtin_unreachable();
}
void WRAP(siglongjmp)(jmp_buf env, int value) {
    leave_calls(env);
    REAL(siglongjmp)(env, value);
    __builtin_unreachable();
}

/* Gives the real one's address to the stub. */
#ifdef GORO_WRAP_STATIC
#define SYMBOL(name) "__wrap_" #name
#define TARGET(name) void *wrap_target_##name(void); void *wrap_target_##name(void) { return (void *)__real_##name; }
#else
#define SYMBOL(name) #name
#define TARGET(name) void *wrap_target_##name(void); void *wrap_target_##name(void) { return (void *)REAL(name); }
#endif

#if defined(__x86_64__)
#define STUB(name)                                                                                               \
    TARGET(name)                                                                                                 \
    __asm__(".text\n.weak " SYMBOL(name) "\n.type " SYMBOL(name) ", @function\n" SYMBOL(name) ":\n"              \
            ".cfi_startproc\n\tendbr64\n"                                                                        \
            "\tpush %rdi\n\t.cfi_adjust_cfa_offset 8\n\tpush %rsi\n\t.cfi_adjust_cfa_offset 8\n"                 \
            "\tsub $8, %rsp\n\t.cfi_adjust_cfa_offset 8\n"                                                       \
            "\tcall wrap_note_depth\n\tcall wrap_target_" #name "\n"                                             \
            "\tadd $8, %rsp\n\t.cfi_adjust_cfa_offset -8\n"                                                      \
            "\tpop %rsi\n\t.cfi_adjust_cfa_offset -8\n\tpop %rdi\n\t.cfi_adjust_cfa_offset -8\n"                 \
            "\tjmp *%rax\n.cfi_endproc\n.size " SYMBOL(name) ", .-" SYMBOL(name) "\n");
#elif defined(__aarch64__)
#define STUB(name)                                                                                               \
    TARGET(name)                                                                                                 \
    __asm__(".text\n.weak " SYMBOL(name) "\n.type " SYMBOL(name) ", %function\n" SYMBOL(name) ":\n"              \
            ".cfi_startproc\n"                                                                                   \
            "\tstp x29, x30, [sp, #-32]!\n\t.cfi_adjust_cfa_offset 32\n\tstp x0, x1, [sp, #16]\n"                \
            "\tbl wrap_note_depth\n\tbl wrap_target_" #name "\n\tmov x16, x0\n"                                  \
            "\tldp x0, x1, [sp, #16]\n\tldp x29, x30, [sp], #32\n\t.cfi_adjust_cfa_offset -32\n"                 \
            "\tbr x16\n.cfi_endproc\n.size " SYMBOL(name) ", .-" SYMBOL(name) "\n");
#endif

STUB(setjmp)
STUB(_setjmp)
STUB(__sigsetjmp)
