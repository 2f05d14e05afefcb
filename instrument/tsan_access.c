/* The entry points that gcc and clang call for plain accesses and calls under -fsanitize=thread.
 *
 * The compilers' pass is the interface (gcc's sanitizer.def, LLVM's ThreadSanitizer.cpp): each access calls
 * __tsan_{read,write}N with the address, each function with accesses or calls tells of its entry and exit. A function
 * here is the engine's inlined test and a countdown, nothing else.
 *
 * Only reads are counted for switch points: a loop that waits for others must read. */
#include "instrument/frames.h"
#include "instrument/sharing.h"

/* The prototypes are the compiler's. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* What the fast path leaves out: a thread that has no task yet, a switch point that is due, and all accesses while
 * schedules are explored. Called last, so that the fast path needs no frame of its own. */
static GORO_COLD GORO_NOINLINE void access_aside(uintptr_t address, size_t size, unsigned kind, uintptr_t pc) {
    front_task();
    if (unlikely(strategy_explores)) sharing_access(address, size, kind, pc);
    else if (front_self.fuel <= 0) front_out_of_fuel();
    if (strategy_explores && det_reorders()) det_range(front_task(), address, size, kind, pc);
    else det_access(front_task(), address, size, kind, pc);
}

GORO_INLINE void read_at(void *p, size_t size, uintptr_t pc) {
    struct det_task *t = front_self.quick;
    /* below 0, not at 0: the subtraction's own sign is the answer */
    if (unlikely(!t) || unlikely(--front_self.fuel < 0)) access_aside((uintptr_t)p, size, DET_READ, pc);
    else det_access(t, (uintptr_t)p, size, DET_READ, pc);
}
GORO_INLINE void write_at(void *p, size_t size, uintptr_t pc) {
    struct det_task *t = front_self.quick;
    if (unlikely(!t)) access_aside((uintptr_t)p, size, DET_WRITE, pc);
    else det_access(t, (uintptr_t)p, size, DET_WRITE, pc);
}

/* One size: plain and volatile, with and without an explicit pc, and clang's read followed by a write. */
#define ACCESS(prefix, n)                                                                                              \
    GORO_API void __tsan_##prefix##read##n(void *p) { read_at(p, n, FRONT_HERE); }                                     \
    GORO_API void __tsan_##prefix##write##n(void *p) { write_at(p, n, FRONT_HERE); }                                   \
    GORO_API void __tsan_##prefix##read##n##_pc(void *p, void *pc) { read_at(p, n, (uintptr_t)pc); }                   \
    GORO_API void __tsan_##prefix##write##n##_pc(void *p, void *pc) { write_at(p, n, (uintptr_t)pc); }                 \
    GORO_API void __tsan_##prefix##volatile_read##n(void *p) { read_at(p, n, FRONT_HERE); }                            \
    GORO_API void __tsan_##prefix##volatile_write##n(void *p) { write_at(p, n, FRONT_HERE); }                          \
    GORO_API void __tsan_##prefix##read_write##n(void *p) { write_at(p, n, FRONT_HERE); }

ACCESS(, 1)
ACCESS(, 2)
ACCESS(, 4)
ACCESS(, 8)
ACCESS(, 16)
ACCESS(unaligned_, 2)
ACCESS(unaligned_, 4)
ACCESS(unaligned_, 8)
ACCESS(unaligned_, 16)

#define RANGE(name, kind)                                                                                              \
    GORO_API void __tsan_##name##_range(void *p, uintptr_t n) { sharing_range((uintptr_t)p, n, kind, FRONT_HERE); }    \
    GORO_API void __tsan_##name##_range_pc(void *p, uintptr_t n, void *pc) {                                           \
        sharing_range((uintptr_t)p, n, kind, (uintptr_t)pc);                                                           \
    }
RANGE(read, DET_READ)
RANGE(write, DET_WRITE)

/* C++ virtual tables: storing what is there already is no write (a destructor does that). */
GORO_API void __tsan_vptr_update(void **p, void *value) {
    if (*p != value) write_at(p, sizeof *p, FRONT_HERE);
}
GORO_API void __tsan_vptr_read(void **p) { read_at(p, sizeof *p, FRONT_HERE); }

static GORO_COLD GORO_NOINLINE void enter_aside(uintptr_t pc) { det_enter(front_task(), pc); }

GORO_API void __tsan_func_entry(void *pc) {
    struct det_task *t = front_self.task;
    if (unlikely(!t)) enter_aside((uintptr_t)pc);
    else det_enter(t, (uintptr_t)pc);
}
GORO_API void __tsan_func_exit(void) {
    if (unlikely(!det_leave(front_task()))) frames_left(FRONT_HERE);
}

/* Called by a constructor of every instrumented object file. */
GORO_API void __tsan_init(void) {
    front_start();
    front_instrumented_module(FRONT_HERE);
}
