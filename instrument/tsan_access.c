/* The entry points that gcc and clang call for plain accesses and calls under -fsanitize=thread.
 *
 * The compilers' pass is the interface (gcc's sanitizer.def, LLVM's ThreadSanitizer.cpp): each access calls
 * __tsan_{read,write}N with the address, each function with accesses or calls tells of its entry and exit. A function
 * here is the engine's inlined test and a countdown, nothing else.
 *
 * Only reads are counted for switch points: a loop that waits for others must read. */
#include "instrument/front.h"

/* The prototypes are the compiler's. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define READ(address, size, pc) (det_access(front_task(), (uintptr_t)(address), size, DET_READ, pc), front_burn(1))
#define WRITE(address, size, pc) det_access(front_task(), (uintptr_t)(address), size, DET_WRITE, pc)

/* One size: plain and volatile, with and without an explicit pc, and clang's read followed by a write. */
#define ACCESS(prefix, n)                                                                                        \
    GORO_API void __tsan_##prefix##read##n(void *p) { READ(p, n, FRONT_HERE); }                                  \
    GORO_API void __tsan_##prefix##write##n(void *p) { WRITE(p, n, FRONT_HERE); }                                \
    GORO_API void __tsan_##prefix##read##n##_pc(void *p, void *pc) { READ(p, n, (uintptr_t)pc); }                \
    GORO_API void __tsan_##prefix##write##n##_pc(void *p, void *pc) { WRITE(p, n, (uintptr_t)pc); }              \
    GORO_API void __tsan_##prefix##volatile_read##n(void *p) { READ(p, n, FRONT_HERE); }                         \
    GORO_API void __tsan_##prefix##volatile_write##n(void *p) { WRITE(p, n, FRONT_HERE); }                       \
    GORO_API void __tsan_##prefix##read_write##n(void *p) {                                                      \
        WRITE(p, n, FRONT_HERE);                                                                                 \
        front_burn(1);                                                                                           \
    }

ACCESS(, 1)
ACCESS(, 2)
ACCESS(, 4)
ACCESS(, 8)
ACCESS(, 16)
ACCESS(unaligned_, 2)
ACCESS(unaligned_, 4)
ACCESS(unaligned_, 8)
ACCESS(unaligned_, 16)

#define RANGE(name, kind)                                                                                        \
    GORO_API void __tsan_##name##_range(void *p, uintptr_t n) {                                                  \
        det_range(front_task(), (uintptr_t)p, n, kind, FRONT_HERE);                                              \
    }                                                                                                            \
    GORO_API void __tsan_##name##_range_pc(void *p, uintptr_t n, void *pc) {                                     \
        det_range(front_task(), (uintptr_t)p, n, kind, (uintptr_t)pc);                                           \
    }
RANGE(read, DET_READ)
RANGE(write, DET_WRITE)

/* C++ virtual tables: storing what is there already is no write (a destructor does that). */
GORO_API void __tsan_vptr_update(void **p, void *value) {
    if (*p != value) WRITE(p, sizeof *p, FRONT_HERE);
}
GORO_API void __tsan_vptr_read(void **p) { READ(p, sizeof *p, FRONT_HERE); }

GORO_API void __tsan_func_entry(void *pc) { det_enter(front_task(), (uintptr_t)pc); }
GORO_API void __tsan_func_exit(void) { det_leave(front_task()); }

/* Called by a constructor of every instrumented object file. */
GORO_API void __tsan_init(void) {
    front_start();
    front_instrumented_module(FRONT_HERE);
}
