/* Every __tsan_ entry point makes the facade calls it should: addresses, sizes, kinds, orders, and what it returns. */
#include "recorder.h"
#include "instrument/trace_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static _Alignas(16) char memory[64];

/* -- plain accesses -------------------------------------------------------------------------------------------------- */

#define ENTRY(kind, prefix, n)                                                                                   \
    void __tsan_##prefix##n(void *);                                                                             \
    void __tsan_##prefix##n##_pc(void *, void *);
#define BOTH(prefix, n) ENTRY(0, prefix##read, n) ENTRY(1, prefix##write, n) void __tsan_##prefix##volatile_read##n(void *); \
    void __tsan_##prefix##volatile_write##n(void *); void __tsan_##prefix##read_write##n(void *);
BOTH(, 1) BOTH(, 2) BOTH(, 4) BOTH(, 8) BOTH(, 16)
BOTH(unaligned_, 2) BOTH(unaligned_, 4) BOTH(unaligned_, 8) BOTH(unaligned_, 16)

struct access_case {
    const char *name;
    void (*call)(void *);
    void (*call_pc)(void *, void *);
    size_t size;
    unsigned kind;
};
#define CASES(prefix, n)                                                                                         \
    {"__tsan_" #prefix "read" #n, __tsan_##prefix##read##n, __tsan_##prefix##read##n##_pc, n, DET_READ},         \
    {"__tsan_" #prefix "write" #n, __tsan_##prefix##write##n, __tsan_##prefix##write##n##_pc, n, DET_WRITE},     \
    {"__tsan_" #prefix "volatile_read" #n, __tsan_##prefix##volatile_read##n, NULL, n, DET_READ},                \
    {"__tsan_" #prefix "volatile_write" #n, __tsan_##prefix##volatile_write##n, NULL, n, DET_WRITE},             \
    {"__tsan_" #prefix "read_write" #n, __tsan_##prefix##read_write##n, NULL, n, DET_WRITE},
static const struct access_case cases[] = {CASES(, 1) CASES(, 2) CASES(, 4) CASES(, 8) CASES(, 16)
    CASES(unaligned_, 2) CASES(unaligned_, 4) CASES(unaligned_, 8) CASES(unaligned_, 16)};

static void accesses_have_their_size_kind_and_caller(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct access_case *c = &cases[i];
        void *p = memory + (strstr(c->name, "unaligned") ? 3 : 16);
        events_clear();
        c->call(p);
        struct event *e = only(EVENT_ACCESS);
        assert_int_equal(e->address, (uintptr_t)p);
        assert_int_equal(e->size, c->size);
        assert_int_equal(e->kind, EVENT_ACCESS);
        assert_int_equal(e->flags, c->kind);
        uintptr_t here = (uintptr_t)accesses_have_their_size_kind_and_caller;
        assert_in_range(e->pc, here, here + 4096);
        if (!c->call_pc) continue;
        events_clear();
        c->call_pc(p, (void *)0x1234);
        assert_int_equal(only(EVENT_ACCESS)->pc, 0x1234);
    }
}

void __tsan_read_range(void *, uintptr_t);
void __tsan_write_range(void *, uintptr_t);
void __tsan_read_range_pc(void *, uintptr_t, void *);
void __tsan_write_range_pc(void *, uintptr_t, void *);
static void ranges_may_have_any_size(void **state) {
    (void)state;
    events_clear();
    __tsan_read_range(memory, 23);
    assert_int_equal(only(EVENT_RANGE)->size, 23);
    assert_int_equal(only(EVENT_RANGE)->flags, DET_READ);
    events_clear();
    __tsan_write_range_pc(memory, 0, (void *)7);
    assert_int_equal(only(EVENT_RANGE)->flags, DET_WRITE);
    assert_int_equal(only(EVENT_RANGE)->pc, 7);
}

void __tsan_vptr_update(void **, void *);
void __tsan_vptr_read(void **);
static void storing_the_same_vptr_is_no_write(void **state) {
    void *vptr = state;
    events_clear();
    __tsan_vptr_update(&vptr, state);
    assert_int_equal(event_count, 0);
    __tsan_vptr_update(&vptr, &vptr);
    assert_int_equal(only(EVENT_ACCESS)->flags, DET_WRITE);
}

/* -- atomics ------------------------------------------------------------------------------------------------------------ */

static void check_atomic(const void *p, size_t size, enum det_atomic_op op, enum det_atomic_op ends_as, int order) {
    struct event *begin = only(EVENT_ATOMIC_BEGIN), *end = only(EVENT_ATOMIC_END);
    assert_int_equal(begin->address, (uintptr_t)p);
    assert_int_equal(begin->size, size);
    assert_int_equal(begin->flags, op);
    assert_int_equal(end->address, (uintptr_t)p);
    assert_int_equal(end->flags, ends_as);
    assert_int_equal(end->order, order);
    assert_true(begin < end);
    events_clear();
}

#define ATOMIC_TEST(bits, type)                                                                                  \
    type __tsan_atomic##bits##_load(const volatile type *, int);                                                 \
    void __tsan_atomic##bits##_store(volatile type *, type, int);                                                \
    type __tsan_atomic##bits##_exchange(volatile type *, type, int);                                             \
    type __tsan_atomic##bits##_fetch_add(volatile type *, type, int);                                            \
    type __tsan_atomic##bits##_fetch_sub(volatile type *, type, int);                                            \
    type __tsan_atomic##bits##_fetch_and(volatile type *, type, int);                                            \
    type __tsan_atomic##bits##_fetch_or(volatile type *, type, int);                                             \
    type __tsan_atomic##bits##_fetch_xor(volatile type *, type, int);                                            \
    type __tsan_atomic##bits##_fetch_nand(volatile type *, type, int);                                           \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile type *, type *, type, int, int);                  \
    int __tsan_atomic##bits##_compare_exchange_weak(volatile type *, type *, type, int, int);                    \
    type __tsan_atomic##bits##_compare_exchange_val(volatile type *, type, type, int, int);                      \
    static void atomics_of_##bits##_bits(void **state) {                                                         \
        _Alignas(16) type v = 5, expected;                                                                       \
        size_t n = sizeof v;                                                                                     \
        (void)state;                                                                                             \
        events_clear();                                                                                          \
        assert_true(__tsan_atomic##bits##_load(&v, __ATOMIC_ACQUIRE) == 5);                                      \
        check_atomic(&v, n, DET_ATOMIC_LOAD, DET_ATOMIC_LOAD, __ATOMIC_ACQUIRE);                                 \
        __tsan_atomic##bits##_store(&v, 12, __ATOMIC_RELEASE);                                                   \
        check_atomic(&v, n, DET_ATOMIC_STORE, DET_ATOMIC_STORE, __ATOMIC_RELEASE);                               \
        __tsan_atomic##bits##_store(&v, 12, __ATOMIC_SEQ_CST);                                                   \
        check_atomic(&v, n, DET_ATOMIC_STORE, DET_ATOMIC_STORE, __ATOMIC_SEQ_CST);                               \
        assert_true(__tsan_atomic##bits##_exchange(&v, 9, __ATOMIC_RELAXED) == 12);                              \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_RMW, __ATOMIC_RELAXED);                                   \
        assert_true(__tsan_atomic##bits##_fetch_add(&v, 3, __ATOMIC_ACQ_REL) == 9 && v == 12);                   \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_RMW, __ATOMIC_ACQ_REL);                                   \
        assert_true(__tsan_atomic##bits##_fetch_sub(&v, 2, __ATOMIC_SEQ_CST) == 12 && v == 10);                  \
        events_clear();                                                                                          \
        assert_true(__tsan_atomic##bits##_fetch_and(&v, 6, 0) == 10 && v == 2);                                  \
        events_clear();                                                                                          \
        assert_true(__tsan_atomic##bits##_fetch_or(&v, 5, 0) == 2 && v == 7);                                    \
        events_clear();                                                                                          \
        assert_true(__tsan_atomic##bits##_fetch_xor(&v, 2, 0) == 7 && v == 5);                                   \
        events_clear();                                                                                          \
        assert_true(__tsan_atomic##bits##_fetch_nand(&v, 4, 0) == 5 && v == (type)~(type)4);                     \
        events_clear();                                                                                          \
        v = 1;                                                                                                   \
        expected = 2;                                                                                            \
        assert_false(__tsan_atomic##bits##_compare_exchange_strong(&v, &expected, 3, __ATOMIC_RELEASE,           \
                                                                   __ATOMIC_ACQUIRE));                           \
        assert_true(expected == 1 && v == 1);                                                                    \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_LOAD, __ATOMIC_ACQUIRE);                                  \
        assert_true(__tsan_atomic##bits##_compare_exchange_strong(&v, &expected, 3, __ATOMIC_RELEASE,            \
                                                                  __ATOMIC_ACQUIRE));                            \
        assert_true(v == 3);                                                                                     \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_RMW, __ATOMIC_RELEASE);                                   \
        expected = 3;                                                                                            \
        assert_true(__tsan_atomic##bits##_compare_exchange_weak(&v, &expected, 4, __ATOMIC_ACQ_REL, 0));         \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_RMW, __ATOMIC_ACQ_REL);                                   \
        assert_true(__tsan_atomic##bits##_compare_exchange_val(&v, 4, 6, __ATOMIC_ACQ_REL, 0) == 4 && v == 6);   \
        check_atomic(&v, n, DET_ATOMIC_RMW, DET_ATOMIC_RMW, __ATOMIC_ACQ_REL);                                   \
        v = (type)~(type)0; /* every bit of the width takes part */                                              \
        assert_true(__tsan_atomic##bits##_fetch_add(&v, 1, 0) == (type)~(type)0 && v == 0);                      \
        events_clear();                                                                                          \
    }
ATOMIC_TEST(8, uint8_t)
ATOMIC_TEST(16, uint16_t)
ATOMIC_TEST(32, uint32_t)
ATOMIC_TEST(64, uint64_t)
__extension__ typedef unsigned __int128 wide;
ATOMIC_TEST(128, wide)

/* What a trace is told of an operation, before the engine ends it. */
static unsigned traced(void *p) {
    const struct event *e = only(EVENT_TRACED);
    assert_true(e->address == (uintptr_t)p && e->pc == only(EVENT_ATOMIC_BEGIN)->pc && e[1].kind == EVENT_ATOMIC_END);
    unsigned what = e->flags;
    events_clear();
    return what;
}

static void a_trace_hears_of_what_orders(void **state) {
    uint32_t v = 1, expected = 2;
    (void)state;
    trace_on = true;
    events_clear();
    __tsan_atomic32_load(&v, __ATOMIC_RELAXED);
    __tsan_atomic32_fetch_add(&v, 0, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < event_count; i++) assert_int_not_equal(events[i].kind, EVENT_TRACED);
    events_clear();
    __tsan_atomic32_load(&v, __ATOMIC_ACQUIRE);
    assert_int_equal(traced(&v), WIRE_ATOMIC_LOAD | WIRE_ATOMIC_HEARS);
    __tsan_atomic32_store(&v, 1, __ATOMIC_RELAXED); /* which ends what others told */
    assert_int_equal(traced(&v), WIRE_ATOMIC_STORE);
    __tsan_atomic32_store(&v, 1, __ATOMIC_SEQ_CST);
    assert_int_equal(traced(&v), WIRE_ATOMIC_STORE | WIRE_ATOMIC_TELLS);
    __tsan_atomic32_fetch_add(&v, 0, __ATOMIC_RELEASE);
    assert_int_equal(traced(&v), WIRE_ATOMIC_CHANGE | WIRE_ATOMIC_TELLS);
    __tsan_atomic32_fetch_add(&v, 0, __ATOMIC_ACQ_REL);
    assert_int_equal(traced(&v), WIRE_ATOMIC_CHANGE | WIRE_ATOMIC_HEARS | WIRE_ATOMIC_TELLS);
    __tsan_atomic32_compare_exchange_strong(&v, &expected, 3, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE); /* it fails */
    assert_int_equal(traced(&v), WIRE_ATOMIC_LOAD | WIRE_ATOMIC_HEARS);
    trace_on = false;
}

void __tsan_atomic_thread_fence(int);
void __tsan_atomic_signal_fence(int);
static void only_thread_fences_reach_the_engine(void **state) {
    (void)state;
    events_clear();
    __tsan_atomic_signal_fence(__ATOMIC_SEQ_CST);
    assert_int_equal(event_count, 0);
    __tsan_atomic_thread_fence(__ATOMIC_RELEASE);
    assert_int_equal(only(EVENT_FENCE)->order, __ATOMIC_RELEASE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accesses_have_their_size_kind_and_caller),
        cmocka_unit_test(ranges_may_have_any_size),
        cmocka_unit_test(storing_the_same_vptr_is_no_write),
        cmocka_unit_test(atomics_of_8_bits),
        cmocka_unit_test(atomics_of_16_bits),
        cmocka_unit_test(atomics_of_32_bits),
        cmocka_unit_test(atomics_of_64_bits),
        cmocka_unit_test(atomics_of_128_bits),
        cmocka_unit_test(a_trace_hears_of_what_orders),
        cmocka_unit_test(only_thread_fences_reach_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
