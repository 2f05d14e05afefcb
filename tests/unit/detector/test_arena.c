/* The arena: sizes, handles, the limit, threads that come and go. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "detector/arena.h"
#include "detector/engine.h"
#include "detector/access.h"

static unsigned degraded;
static void count_degraded(const char *what, void *arg) { (void)what, (void)arg, degraded++; }

static void start(bool single, size_t limit) {
    degraded = 0;
    det_init(&(struct det_config){.single = single, .memory_limit_bytes = limit, .degraded = count_degraded});
}

struct piece {
    unsigned char *p;
    size_t n;
    unsigned char fill;
};

static size_t alignment_of(size_t n) {
    size_t a = n & -n;
    return a > 64 ? 64 : a < 8 ? 8 : a;
}

static void make_piece(struct piece *x, size_t n, unsigned char fill) {
    *x = (struct piece){.p = arena_alloc(n), .n = n, .fill = fill};
    assert_non_null(x->p);
    assert_int_equal((uintptr_t)x->p % alignment_of(n), 0);
    assert_ptr_equal(arena_at(arena_handle(x->p)), x->p);
    assert_int_not_equal(arena_handle(x->p), 0);
    memset(x->p, fill, n);
}

static void end_piece(struct piece *x) {
    for (size_t i = 0; i < x->n; i++)
        if (x->p[i] != x->fill) fail_msg("an object was overwritten while it was in use");
    arena_free(x->p, x->n);
    x->p = NULL;
}

static void work(unsigned seed, unsigned steps) {
    enum { PIECES = 300 };
    static __thread struct piece pieces[PIECES];
    for (unsigned i = 0; i < steps; i++) {
        seed = seed * 1664525 + 1013904223;
        struct piece *x = &pieces[seed >> 8 & 255];
        if (x->p) end_piece(x);
        else make_piece(x, seed >> 16 & 7 ? 1 + (seed >> 20) % 400 : 1 + (seed >> 18) % ARENA_SMALL_MAX, (unsigned char)i);
    }
    for (unsigned i = 0; i < PIECES; i++)
        if (pieces[i].p) end_piece(&pieces[i]);
}

static void objects_do_not_overlap(void **state) {
    (void)state;
    for (unsigned single = 0; single < 2; single++) {
        start(single, 0);
        for (unsigned seed = 1; seed < 20; seed++) {
            work(seed, 3000);
            arena_check();
        }
        det_fini();
    }
}

static void every_size_can_be_had_and_is_used_again(void **state) {
    (void)state;
    start(true, 0);
    for (size_t n = 1; n <= ARENA_SMALL_MAX; n += n < 300 ? 1 : 61) {
        void *p = arena_alloc(n);
        arena_free(p, n);
        assert_ptr_equal(arena_alloc(n), p);
        arena_free(p, n);
    }
    det_fini();
}

static void zeros_are_at_handle_0(void **state) {
    (void)state;
    start(true, 0);
    const unsigned char *p = arena_at(0);
    for (unsigned i = 0; i < 4096; i++) assert_int_equal(p[i], 0);
    det_fini();
}

static void the_limit_holds(void **state) {
    (void)state;
    enum { LIMIT = 4 << 20 };
    start(true, LIMIT);
    size_t got = 0;
    while (arena_alloc(1000)) got += 1000;
    assert_true(got > LIMIT / 2);
    assert_true(arena_bytes() <= LIMIT);
    assert_null(arena_map(1 << 20));
    assert_false(arena_charge(1 << 20));
    assert_int_equal(degraded, 0); /* whoever was refused says what that means */
    assert_non_null(arena_alloc_essential(1000));
    assert_true(arena_bytes() > LIMIT);
    assert_non_null(arena_map_essential(1 << 20));
    assert_int_equal(degraded, 1);
    arena_alloc_essential(1000);
    assert_int_equal(degraded, 1); /* said once */
    det_fini();
}

static void maps_are_zeroed_and_counted(void **state) {
    (void)state;
    start(true, 0);
    size_t before = arena_bytes();
    unsigned char *p = arena_map(100000);
    for (unsigned i = 0; i < 100000; i++) assert_int_equal(p[i], 0);
    assert_int_equal(arena_bytes() - before, 25 * 4096);
    arena_unmap(p, 100000);
    assert_true(arena_charge(5000));
    arena_uncharge(5000);
    assert_int_equal(arena_bytes(), before);
    det_fini();
}

static void *thread_main(void *arg) {
    work((unsigned)(uintptr_t)arg, 5000);
    det_thread_end();
    return NULL;
}

static void threads_share_what_they_free(void **state) {
    (void)state;
    start(false, 0);
    for (unsigned round = 0; round < 10; round++) {
        pthread_t t[4];
        for (unsigned i = 0; i < 4; i++) pthread_create(&t[i], NULL, thread_main, (void *)(uintptr_t)(round * 4 + i + 1));
        for (unsigned i = 0; i < 4; i++) pthread_join(t[i], NULL);
        arena_check();
    }
    det_fini();
}

static void an_ended_thread_leaves_its_memory_to_the_next(void **state) {
    (void)state;
    start(false, 0);
    size_t after_first = 0;
    for (unsigned round = 0; round < 20; round++) {
        pthread_t t;
        pthread_create(&t, NULL, thread_main, (void *)(uintptr_t)7);
        pthread_join(t, NULL);
        if (round == 0) after_first = arena_bytes();
        assert_int_equal(arena_bytes(), after_first);
    }
    det_fini();
}

static void an_engine_can_start_again(void **state) {
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        start(i % 2, 0);
        work(i, 500);
        det_check();
        det_fini();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_do_not_overlap),
        cmocka_unit_test(every_size_can_be_had_and_is_used_again),
        cmocka_unit_test(zeros_are_at_handle_0),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(maps_are_zeroed_and_counted),
        cmocka_unit_test(threads_share_what_they_free),
        cmocka_unit_test(an_ended_thread_leaves_its_memory_to_the_next),
        cmocka_unit_test(an_engine_can_start_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
