/* The fast path as the compiler makes it, one function for each form; fast_path.sh counts their instructions. */
#include "detector/access.h"

#define FORM(name, size, kind)                                                                                   \
    void name(struct det_task *t, uintptr_t address, uintptr_t pc);                                              \
    void name(struct det_task *t, uintptr_t address, uintptr_t pc) { det_access(t, address, size, kind, pc); }

FORM(read1, 1, DET_READ)
FORM(read4, 4, DET_READ)
FORM(read8, 8, DET_READ)
FORM(write4, 4, DET_WRITE)
FORM(write8, 8, DET_WRITE)
FORM(read16, 16, DET_READ)

void enter(struct det_task *t, uintptr_t pc);
void leave(struct det_task *t);
void enter(struct det_task *t, uintptr_t pc) { det_enter(t, pc); }
void leave(struct det_task *t) { det_leave(t); }
