/* Rules for the runtime's own frames: how large each is at a place where it calls another or is left, and where in it the
 * caller's registers are saved. Made by a step of libunwind, kept in a table by place; then a frame costs a look-up, not a
 * search in the unwind tables (some 10 ns in place of 1 us here).
 *
 * Always true: no function of the runtime's that can be on a parked stack has a frame of variable size.
 *
 * Threads: one at a time. */
#define UNW_LOCAL_ONLY
#include "runtime/unwound.h"

#include <libunwind.h>
#include <string.h>
#include <ucontext.h>

enum { RULES = 512, MOST_FRAMES = 12, NOT_SAVED = -1 };

/* The frame pointer is the last: a context keeps it. */
static const int registers[UNWOUND_REGISTERS] = {
#if defined(__x86_64__)
    UNW_X86_64_RBX, UNW_X86_64_R12, UNW_X86_64_R13, UNW_X86_64_R14, UNW_X86_64_R15, UNW_X86_64_RBP,
#else
    UNW_AARCH64_X19, UNW_AARCH64_X20, UNW_AARCH64_X21, UNW_AARCH64_X22, UNW_AARCH64_X23, UNW_AARCH64_X24,
    UNW_AARCH64_X25, UNW_AARCH64_X26, UNW_AARCH64_X27, UNW_AARCH64_X28, UNW_AARCH64_X29,
#endif
};
enum { FP = UNWOUND_REGISTERS - 1 };

/* Offsets from the frame's sp, in bytes. */
struct rule {
    uintptr_t pc; /* 0: empty */
    int32_t size; /* 0: cannot be unwound */
    int32_t back; /* where the return address is */
    int32_t saved[UNWOUND_REGISTERS];
};
static struct rule rules[RULES];

/* libunwind opens a pipe when it is first called. A program that opens files, and whose goroutines are only looked at, is not to
 * find its numbers taken: who is asked for a pipe meanwhile may see to that (running_unwinds). */
static __thread __attribute__((tls_model("initial-exec"))) bool beginning;
bool running_unwinds(void) { return beginning; }

void running_unwinder_begin(void) {
    static bool begun; /* two threads that come at once both begin, which does no harm */
    unw_context_t context = {0};
    unw_cursor_t cursor;
    if (likely(__atomic_load_n(&begun, __ATOMIC_RELAXED))) return;
    beginning = true;
    unw_init_local2(&cursor, &context, 0);
    beginning = false;
    __atomic_store_n(&begun, true, __ATOMIC_RELAXED);
}

static void set_context(unw_context_t *u, uintptr_t pc, uintptr_t sp, uintptr_t fp) {
    memset(u, 0, sizeof *u);
#if defined(__x86_64__)
    u->uc_mcontext.gregs[REG_RIP] = (greg_t)pc;
    u->uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
    u->uc_mcontext.gregs[REG_RBP] = (greg_t)fp;
#else
    ucontext_t *a = (ucontext_t *)u;
    a->uc_mcontext.pc = pc;
    a->uc_mcontext.sp = sp;
    a->uc_mcontext.regs[29] = fp;
#endif
}

/* The offset of where the register was saved, if that lies in the frame. */
static int32_t saved_at(unw_cursor_t *cursor, int reg, uintptr_t sp, int32_t size) {
    unw_save_loc_t where;
    if (unw_get_save_loc(cursor, reg, &where) || where.type != UNW_SLT_MEMORY) return NOT_SAVED;
    uintptr_t offset = (uintptr_t)where.u.addr - sp;
    return offset < (uintptr_t)size ? (int32_t)offset : NOT_SAVED;
}

static void make_rule(struct rule *r, uintptr_t pc, uintptr_t sp, uintptr_t fp, bool left) {
    unw_context_t context;
    unw_cursor_t cursor;
    unw_word_t above = 0;
    running_unwinder_begin();
    *r = (struct rule){.pc = pc};
    set_context(&context, pc, sp, fp);
    if (unw_init_local2(&cursor, &context, left ? UNW_INIT_SIGNAL_FRAME : 0) || unw_step(&cursor) <= 0) return;
    if (unw_get_reg(&cursor, UNW_REG_SP, &above) || above <= sp || above - sp > 1 << 16) return;
    r->size = (int32_t)(above - sp);
    for (unsigned i = 0; i < UNWOUND_REGISTERS; i++) r->saved[i] = saved_at(&cursor, registers[i], sp, r->size);
#if defined(__x86_64__)
    r->back = r->size - (int32_t)sizeof(uintptr_t);
#else
    r->back = saved_at(&cursor, UNW_AARCH64_X30, sp, r->size);
    if (r->back == NOT_SAVED) r->size = 0;
#endif
}

static uintptr_t *saved_in_memory(unw_cursor_t *cursor, int reg) {
    unw_save_loc_t where;
    bool is = !unw_get_save_loc(cursor, reg, &where) && where.type == UNW_SLT_MEMORY;
    return is ? (uintptr_t *)where.u.addr : NULL;
}

/* Without a description of the function libunwind would guess. */
bool unwound_step(const struct running_call *c, struct unwound_step *out) {
    unw_context_t context;
    unw_cursor_t cursor;
    unw_proc_info_t info;
    unw_word_t above = 0;
    running_unwinder_begin();
    set_context(&context, c->pc, c->sp, c->fp);
    if (unw_init_local2(&cursor, &context, c->here ? UNW_INIT_SIGNAL_FRAME : 0)) return false;
    if (unw_get_proc_info(&cursor, &info) || (!c->here && unw_is_signal_frame(&cursor) > 0)) return false;
    if (unw_step(&cursor) <= 0 || unw_get_reg(&cursor, UNW_REG_SP, &above) || above <= c->sp) return false;
    out->sp = above;
    out->saved_fp = saved_in_memory(&cursor, registers[FP]);
#if defined(__x86_64__)
    out->back = (uintptr_t *)above - 1;
#else
    out->back = saved_in_memory(&cursor, UNW_AARCH64_X30);
#endif
    return out->back != NULL;
}

/* NULL: the table is full. */
static struct rule *rule_of(uintptr_t pc) {
    unsigned at = (unsigned)(pc * 0x9e3779b97f4a7c15u >> 55);
    for (unsigned i = 0; i < RULES; i++) {
        struct rule *r = &rules[(at + i) % RULES];
        if (r->pc == pc || !r->pc) return r;
    }
    return NULL;
}
_Static_assert(RULES == 1 << 9, "a place is nine bits of the hash");

struct unwound unwind_to(const struct context *c, uintptr_t pc) {
    const struct unwound none = {.sp = (uintptr_t)c->sp, .saved[FP] = (uintptr_t *)(uintptr_t)&c->fp};
    struct unwound u = none;
    uintptr_t at = (uintptr_t)c->pc, fp = (uintptr_t)c->fp;
    for (unsigned n = 0; pc && n < MOST_FRAMES; n++) {
        struct rule *r = rule_of(at);
        if (r && !r->pc) make_rule(r, at, u.sp, fp, n == 0);
        if (!r || !r->size) break;
        for (unsigned i = 0; i < UNWOUND_REGISTERS; i++)
            if (r->saved[i] != NOT_SAVED) u.saved[i] = (uintptr_t *)(u.sp + (uintptr_t)r->saved[i]);
        at = *(uintptr_t *)(u.sp + (uintptr_t)r->back);
        fp = *u.saved[FP];
        u.sp += (uintptr_t)r->size;
        if (at == pc) return u;
    }
    return none;
}
