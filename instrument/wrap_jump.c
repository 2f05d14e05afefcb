/* setjmp and longjmp: the calls that are jumped over are left.
 *
 * setjmp returns twice to its caller's frame, so nothing may stand between: a stub in assembly has the depth noted in
 * the buffer, then jumps to the real one. The note is four bytes of padding behind __mask_was_saved, so it is copied with
 * the buffer, and gone with it.
 *
 * Not done: a note in the unused end of the signal mask. pthread_cleanup_push calls __sigsetjmp with a shorter buffer
 * that has no mask: the note hit the caller's frame. */
#include "instrument/wrap.h"

enum { MARK = 0xA5, MARK_SHIFT = 24, DEPTH_MAX = (1 << MARK_SHIFT) - 1 };

static uint32_t *note_of(struct __jmp_buf_tag *env) {
    _Static_assert(offsetof(struct __jmp_buf_tag, __saved_mask) == offsetof(struct __jmp_buf_tag, __mask_was_saved) + 8,
                   "glibc's jmp_buf has four bytes of padding");
    return (uint32_t *)&env->__mask_was_saved + 1;
}

void wrap_note_depth(struct __jmp_buf_tag *env);
void wrap_note_depth(struct __jmp_buf_tag *env) {
    uint32_t depth = front_ready && front_self.task ? det_depth(front_self.task) : DEPTH_MAX;
    *note_of(env) = depth < DEPTH_MAX ? (uint32_t)MARK << MARK_SHIFT | depth : 0;
}

static void leave_calls(struct __jmp_buf_tag *env) {
    uint32_t note = *note_of(env), depth = note & DEPTH_MAX;
    if (!front_ready || !front_self.task || note >> MARK_SHIFT != MARK) return;
    if (depth <= det_depth(front_self.task)) det_unwind(front_self.task, depth);
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
