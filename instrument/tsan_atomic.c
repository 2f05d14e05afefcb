/* The entry points that gcc and clang call for atomics under -fsanitize=thread: every __atomic and C11 operation, and
 * fences, by their memory order.
 *
 * Always true
 *  1. The operation itself is made between det_atomic_begin and det_atomic_end, so that the value a thread reads and
 *     the clock it takes belong together.
 *  2. In the machine it is at least as strong as the program asked.
 *  3. A compare-exchange that fails is a load with its failure order.
 *
 * Threads: any. A switch point comes before the operation: a program that spins on an atomic lets the others go on. */
#include "instrument/sharing.h"
#include "instrument/trace_out.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* What an atomic weighs against a plain read in the countdown to the next switch point. */
enum { ATOMIC_COST = 16 };

/* gcc adds flags for lock elision above the order (-mhle). */
#define ORDER(mo) ((mo)&0xf)

typedef uint8_t a8;
typedef uint16_t a16;
typedef uint32_t a32;
typedef uint64_t a64;
typedef unsigned __int128 a128;

/* `strongest`: of the orders that END may be told. */
#define BEGIN(p, op, strongest, pc)                                                                                    \
    if (unlikely(strategy_explores))                                                                                   \
        sharing_atomic((uintptr_t)(p), sizeof *(p), (op) != DET_ATOMIC_LOAD, ATOMIC_COST, pc);                         \
    else front_burn(ATOMIC_COST);                                                                                      \
    struct det_atomic section =                                                                                        \
        det_atomic_begin(front_task(), (uintptr_t)(p), sizeof *(p),                                                    \
                         ORDER(strongest) == __ATOMIC_RELAXED ? (op) | DET_ATOMIC_RELAXED : (op), pc)
#define END(op, mo)                                                                                              \
    do {                                                                                                         \
        if (unlikely(trace_on)) trace_operation(&section, op, ORDER(mo));                                        \
        det_atomic_end(section, op, ORDER(mo));                                                                  \
    } while (0)

/* Inside the section, so that the trace has the order of the address's values. */
static GORO_COLD void trace_operation(const struct det_atomic *a, enum det_atomic_op op, int order) {
    static const unsigned words[] = {WIRE_ATOMIC_LOAD, WIRE_ATOMIC_STORE, WIRE_ATOMIC_CHANGE};
    bool hears = op != DET_ATOMIC_STORE && order != __ATOMIC_RELAXED && order != __ATOMIC_RELEASE;
    bool tells = op != DET_ATOMIC_LOAD && order >= __ATOMIC_RELEASE; /* or stronger */
    if (!hears && !tells && op != DET_ATOMIC_STORE) return;
    unsigned what = words[op] | (hears ? WIRE_ATOMIC_HEARS : 0) | (tells ? WIRE_ATOMIC_TELLS : 0);
    trace_out_atomic(a->task, what, a->address, a->pc);
}

/* -- 16 bytes: no libatomic, whose locks other code would not share ---------------------------------------------- */

static a128 cas_16(volatile a128 *p, a128 expected, a128 value) {
#if defined(__x86_64__) /* clang makes a library call of the builtin unless all is compiled with -mcx16 */
    uint64_t low = (uint64_t)expected, high = (uint64_t)(expected >> 64);
    __asm__ volatile("lock cmpxchg16b %0"
                     : "+m"(*p), "+a"(low), "+d"(high)
                     : "b"((uint64_t)value), "c"((uint64_t)(value >> 64))
                     : "memory", "cc");
    return (a128)high << 64 | low;
#else
    return __sync_val_compare_and_swap(p, expected, value);
#endif
}

/* A compare-exchange that finds 0 writes 0: the memory must be writable, as for gcc's own libatomic. */
static a128 load_16(volatile a128 *p) { return cas_16(p, 0, 0); }

enum change { CHANGE_SET, CHANGE_ADD, CHANGE_SUB, CHANGE_AND, CHANGE_OR, CHANGE_XOR, CHANGE_NAND };

static a128 changed(a128 old, enum change how, a128 v) {
    switch (how) {
    case CHANGE_SET: return v;
    case CHANGE_ADD: return old + v;
    case CHANGE_SUB: return old - v;
    case CHANGE_AND: return old & v;
    case CHANGE_OR: return old | v;
    case CHANGE_XOR: return old ^ v;
    case CHANGE_NAND: return ~(old & v);
    }
    return v;
}

static a128 change_16(volatile a128 *p, enum change how, a128 v) {
    for (a128 old = load_16(p), found;; old = found)
        if ((found = cas_16(p, old, changed(old, how, v))) == old) return old;
}

/* -- the machine's operation, for each width ---------------------------------------------------------------------- */

#define NARROW_LOAD(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define NARROW_STORE(p, v, mo)                                                                                   \
    (ORDER(mo) == __ATOMIC_SEQ_CST ? __atomic_store_n(p, v, __ATOMIC_SEQ_CST) : __atomic_store_n(p, v, __ATOMIC_RELEASE))
#define NARROW_SET(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define NARROW_ADD(p, v) __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define NARROW_SUB(p, v) __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST)
#define NARROW_AND(p, v) __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define NARROW_OR(p, v) __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define NARROW_XOR(p, v) __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST)
#define NARROW_NAND(p, v) __atomic_fetch_nand(p, v, __ATOMIC_SEQ_CST)
#define NARROW_CAS(p, expected, v) __sync_val_compare_and_swap(p, expected, v)

#define WIDE_LOAD(p) load_16((volatile a128 *)(p))
#define WIDE_STORE(p, v, mo) ((void)(mo), (void)change_16(p, CHANGE_SET, v))
#define WIDE_SET(p, v) change_16(p, CHANGE_SET, v)
#define WIDE_ADD(p, v) change_16(p, CHANGE_ADD, v)
#define WIDE_SUB(p, v) change_16(p, CHANGE_SUB, v)
#define WIDE_AND(p, v) change_16(p, CHANGE_AND, v)
#define WIDE_OR(p, v) change_16(p, CHANGE_OR, v)
#define WIDE_XOR(p, v) change_16(p, CHANGE_XOR, v)
#define WIDE_NAND(p, v) change_16(p, CHANGE_NAND, v)
#define WIDE_CAS(p, expected, v) cas_16(p, expected, v)

/* -- the entry points --------------------------------------------------------------------------------------------- */

#define FETCH(bits, width, name, operation)                                                                      \
    GORO_API a##bits __tsan_atomic##bits##_##name(volatile a##bits *p, a##bits v, int mo) {                      \
        BEGIN(p, DET_ATOMIC_RMW, mo, FRONT_HERE);                                                                 \
        a##bits old = width##_##operation(p, v);                                                                 \
        END(DET_ATOMIC_RMW, mo);                                                                                 \
        return old;                                                                                              \
    }

#define ATOMIC(bits, width)                                                                                      \
    static a##bits compare_exchange_##bits(volatile a##bits *p, a##bits expected, a##bits v, int mo, int fail,   \
                                           uintptr_t pc) {                                                       \
        BEGIN(p, DET_ATOMIC_RMW, mo | fail, pc);                                                                     \
        a##bits found = width##_CAS(p, expected, v);                                                             \
        if (found == expected) END(DET_ATOMIC_RMW, mo);                                                          \
        else END(DET_ATOMIC_LOAD, fail);                                                                         \
        return found;                                                                                            \
    }                                                                                                            \
    GORO_API a##bits __tsan_atomic##bits##_load(const volatile a##bits *p, int mo) {                             \
        BEGIN(p, DET_ATOMIC_LOAD, mo, FRONT_HERE);                                                                 \
        a##bits v = width##_LOAD(p);                                                                             \
        END(DET_ATOMIC_LOAD, mo);                                                                                \
        return v;                                                                                                \
    }                                                                                                            \
    GORO_API void __tsan_atomic##bits##_store(volatile a##bits *p, a##bits v, int mo) {                          \
        BEGIN(p, DET_ATOMIC_STORE, mo, FRONT_HERE);                                                                \
        width##_STORE(p, v, mo);                                                                                 \
        END(DET_ATOMIC_STORE, mo);                                                                               \
    }                                                                                                            \
    FETCH(bits, width, exchange, SET)                                                                            \
    FETCH(bits, width, fetch_add, ADD)                                                                           \
    FETCH(bits, width, fetch_sub, SUB)                                                                           \
    FETCH(bits, width, fetch_and, AND)                                                                           \
    FETCH(bits, width, fetch_or, OR)                                                                             \
    FETCH(bits, width, fetch_xor, XOR)                                                                           \
    FETCH(bits, width, fetch_nand, NAND)                                                                         \
    GORO_API a##bits __tsan_atomic##bits##_compare_exchange_val(volatile a##bits *p, a##bits expected,           \
                                                                a##bits v, int mo, int fail) {                   \
        return compare_exchange_##bits(p, expected, v, mo, fail, FRONT_HERE);                                    \
    }                                                                                                            \
    GORO_API int __tsan_atomic##bits##_compare_exchange_strong(volatile a##bits *p, a##bits *expected,           \
                                                               a##bits v, int mo, int fail) {                    \
        a##bits found = compare_exchange_##bits(p, *expected, v, mo, fail, FRONT_HERE);                          \
        if (found == *expected) return 1;                                                                        \
        *expected = found;                                                                                       \
        return 0;                                                                                                \
    }                                                                                                            \
    GORO_API int __tsan_atomic##bits##_compare_exchange_weak(volatile a##bits *p, a##bits *expected, a##bits v,  \
                                                             int mo, int fail) {                                 \
        a##bits found = compare_exchange_##bits(p, *expected, v, mo, fail, FRONT_HERE);                          \
        if (found == *expected) return 1;                                                                        \
        *expected = found;                                                                                       \
        return 0;                                                                                                \
    }

ATOMIC(8, NARROW)
ATOMIC(16, NARROW)
ATOMIC(32, NARROW)
ATOMIC(64, NARROW)
ATOMIC(128, WIDE)

GORO_API void __tsan_atomic_thread_fence(int mo) {
    det_fence(front_task(), ORDER(mo));
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
/* Orders a thread with its own signal handlers only. */
GORO_API void __tsan_atomic_signal_fence(int mo) {
    (void)mo;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
