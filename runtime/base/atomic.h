/* Read-modify-write operations that drop their lock prefix while only one thread can be inside the runtime.
 *
 * Use them on words that are touched only between runtime_enter and runtime_leave. While one thread alone has a P, a
 * plain load and store do, and cost a tenth: an uncontended locked operation takes 8.5 ns on the machine of our
 * benchmarks, more than the rest of a channel operation. The two ways are one source: each operation tests
 * atomic_is_multi(), which solo.c keeps: it becomes true only where the one who is alone is outside, or holds no lock and
 * is in the middle of nothing, and false at any time once nobody else is inside.
 *
 * Loads and stores need no such care: use __atomic_load_n and __atomic_store_n.
 *
 * Not done: patching the prefixes in the code at a change of GOMAXPROCS; the test is predicted and shares its cache
 * line with nothing that is written. */
#ifndef GORO_BASE_ATOMIC_H
#define GORO_BASE_ATOMIC_H

#include "runtime/base/base.h"

/* True if more than one thread may be inside. Written by solo.c only. */
extern GORO_HIDDEN bool atomic_multi;

/* Acquire: pairs with the store of who has just left, behind all that he did inside. */
GORO_INLINE bool atomic_is_multi(void) { return __atomic_load_n(&atomic_multi, __ATOMIC_ACQUIRE); }

/* Every operation is acquire and release at once when it is real: on x86-64 weaker ones cost the same, and on
 * AArch64 the runtime's own words are few. Each is written once for all word sizes. */
#define atomic_exchange_inside(p, v)                                                                                  \
    ({                                                                                                                \
        __typeof__(*(p)) before_;                                                                                     \
        if (atomic_is_multi()) {                                                                                      \
            before_ = __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL);                                                \
        } else {                                                                                                      \
            before_ = __atomic_load_n((p), __ATOMIC_RELAXED);                                                         \
            __atomic_store_n((p), (v), __ATOMIC_RELAXED);                                                             \
        }                                                                                                             \
        before_;                                                                                                      \
    })

/* Returns the value before the addition. */
#define atomic_add_inside(p, n)                                                                                       \
    ({                                                                                                                \
        __typeof__(*(p)) before_;                                                                                     \
        if (atomic_is_multi()) {                                                                                      \
            before_ = __atomic_fetch_add((p), (n), __ATOMIC_ACQ_REL);                                                 \
        } else {                                                                                                      \
            before_ = __atomic_load_n((p), __ATOMIC_RELAXED);                                                         \
            __atomic_store_n((p), (__typeof__(*(p)))(before_ + (n)), __ATOMIC_RELAXED);                               \
        }                                                                                                             \
        before_;                                                                                                      \
    })

/* True if *p was *expected and is now v; else *expected is what it was. */
#define atomic_cas_inside(p, expected, v)                                                                             \
    ({                                                                                                                \
        bool done_;                                                                                                   \
        if (atomic_is_multi()) {                                                                                      \
            done_ = __atomic_compare_exchange_n((p), (expected), (v), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);     \
        } else {                                                                                                      \
            __typeof__(*(p)) seen_ = __atomic_load_n((p), __ATOMIC_RELAXED);                                          \
            done_ = seen_ == *(expected);                                                                             \
            if (done_) __atomic_store_n((p), (v), __ATOMIC_RELAXED);                                                  \
            else *(expected) = seen_;                                                                                 \
        }                                                                                                             \
        done_;                                                                                                        \
    })

#endif
