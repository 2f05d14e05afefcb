/* From a call to its caller's frame, for who asks where a variable lies: exact for every frame, also the user's own, which
 * may be of variable size.
 *
 * How is found out once for each place, by steps of libunwind, and kept: most frames end at a fixed distance from the stack
 * pointer, or else from the frame pointer. Which it is shows when a step is made with another frame pointer (one that lies
 * in the same frame or the one above, where there is memory). A frame of neither kind takes libunwind's own step each time.
 *
 * Always true: a rule in the table is right for every call at its place.
 *
 * Threads: any; the table has a spin lock, held for a copy. */
#ifdef GORO_RACE
#include "runtime/base/base.h"
#include "runtime/unwound.h"

#include <sched.h>

enum { RULES = 1 << 10, PROBES = 2, PROBE_BYTES = 16, FRAME_MAX = 1 << 24 };

enum by { BY_NOTHING, BY_SP, BY_FP, BY_STEP };
/* Distances of the return address and of the saved frame pointer (0: in its register) are from the frame's end down. */
struct rule {
    uintptr_t pc; /* 0: empty */
    int32_t end;  /* of the frame: from the register that `by` names */
    uint8_t by;   /* enum by; BY_NOTHING: not to be told */
    bool here;
    uint8_t back;
    int32_t saved_fp;
};
static struct rule rules[RULES];
static uint32_t rules_lock;

/* acquire-release between the holders */
static void lock_rules(void) {
    while (__atomic_exchange_n(&rules_lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static void unlock_rules(void) { __atomic_store_n(&rules_lock, 0, __ATOMIC_RELEASE); }

static struct rule *place_of(uintptr_t pc) { return &rules[pc * 0x9e3779b97f4a7c15u >> 54]; }
_Static_assert(RULES == 1 << 10, "a place is ten bits of the hash");

/* Does the frame's end move with the frame pointer, or not at all? */
static enum by what_counts(const struct running_call *c, const struct unwound_step *s) {
    enum by by = BY_NOTHING;
    for (unsigned i = 1; i <= PROBES; i++) {
        struct running_call other = *c;
        struct unwound_step moved;
        uintptr_t by_bytes = i * PROBE_BYTES;
        other.fp += by_bytes;
        if (!unwound_step(&other, &moved)) return BY_STEP;
        enum by now = moved.sp == s->sp ? BY_SP : moved.sp == s->sp + by_bytes ? BY_FP : BY_STEP;
        if (now == BY_STEP || (i > 1 && now != by)) return BY_STEP;
        by = now;
    }
    return by;
}

static struct rule make_rule(const struct running_call *c) {
    struct rule r = {.pc = c->pc, .here = c->here};
    struct unwound_step s;
    if (!unwound_step(c, &s) || s.sp - c->sp > FRAME_MAX) return r;
    uintptr_t back = s.sp - (uintptr_t)s.back, saved = s.saved_fp ? s.sp - (uintptr_t)s.saved_fp : 0;
    r.by = (uint8_t)what_counts(c, &s);
    r.end = (int32_t)(s.sp - (r.by == BY_FP ? c->fp : c->sp));
    if (back > UINT8_MAX || saved > FRAME_MAX) r.by = BY_STEP;
    r.back = (uint8_t)back;
    r.saved_fp = (int32_t)saved;
    return r;
}

static struct rule rule_of(const struct running_call *c) {
    struct rule *at = place_of(c->pc), r;
    lock_rules();
    r = *at;
    unlock_rules();
    if (likely(r.pc == c->pc && r.here == c->here)) return r;
    r = make_rule(c);
    lock_rules();
    *at = r;
    unlock_rules();
    return r;
}

bool running_to_caller(struct running_call *c) {
    struct rule r = rule_of(c);
    struct unwound_step s;
    if (r.by == BY_STEP) {
        if (!unwound_step(c, &s)) return false;
    } else {
        if (r.by == BY_NOTHING) return false;
        s.sp = (r.by == BY_FP ? c->fp : c->sp) + (uintptr_t)(intptr_t)r.end;
        if (s.sp <= c->sp) return false;
        s.back = (uintptr_t *)(s.sp - r.back);
        s.saved_fp = r.saved_fp ? (uintptr_t *)(s.sp - (uintptr_t)r.saved_fp) : NULL;
    }
    *c = (struct running_call){.pc = *s.back, .sp = s.sp, .fp = s.saved_fp ? *s.saved_fp : c->fp};
    return c->pc != 0;
}

GORO_NOINLINE struct running_call running_here(void) {
    struct running_call c = {.here = true};
#if defined(__x86_64__)
    __asm__ volatile("lea 0f(%%rip), %0\n0:\tmov %%rsp, %1\n\tmov %%rbp, %2" : "=&r"(c.pc), "=&r"(c.sp), "=&r"(c.fp));
#else
    __asm__ volatile("adr %0, .\n\tmov %1, sp\n\tmov %2, x29" : "=&r"(c.pc), "=&r"(c.sp), "=&r"(c.fp));
#endif
    return running_to_caller(&c) ? c : (struct running_call){0};
}
#endif
