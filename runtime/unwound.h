/* From a goroutine that is parked in the runtime back to the user's frame that called it, fast. */
#ifndef GORO_RUNTIME_UNWOUND_H
#define GORO_RUNTIME_UNWOUND_H

#include "runtime/running.h"
#include "runtime/switch.h"

#if defined(__x86_64__)
enum { UNWOUND_REGISTERS = 6 };
#else
enum { UNWOUND_REGISTERS = 11 };
#endif

struct unwound {
    uintptr_t sp;                        /* the user's frame begins here */
    uintptr_t *saved[UNWOUND_REGISTERS]; /* where its registers were saved; NULL: nowhere below */
};

/* To the frame to which `pc` returns. If it is not found (pc 0: it is not looked for), sp is the context's own. One thread at
 * a time. */
struct unwound unwind_to(const struct context *c, uintptr_t pc);

/* One step of libunwind's. */
struct unwound_step {
    uintptr_t sp; /* the caller's */
    uintptr_t *back,
        *saved_fp; /* where the return address is, and the caller's frame pointer; NULL: in its register still */
};
bool unwound_step(const struct running_call *c, struct unwound_step *out);

#endif
