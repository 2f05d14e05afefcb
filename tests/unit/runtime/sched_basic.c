/* The scheduler's seam, driven as a primitive would: a one-place mailbox under a lock, on park and ready. */
#include "runtime/sched.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <pthread.h>

/* Counts down; whoever waits is parked until zero. */
struct latch {
    struct lock lock;
    unsigned left;
    struct g *waiter;
};

static void latch_done(struct latch *l) {
    struct g *g = runtime_enter();
    lock_take(&l->lock);
    struct g *waiter = --l->left == 0 ? l->waiter : NULL;
    lock_drop(&l->lock);
    if (waiter) ready(waiter);
    runtime_leave(g);
}

static void latch_wait(struct latch *l) {
    struct g *g = runtime_enter();
    lock_take(&l->lock);
    if (l->left) {
        l->waiter = g;
        park(g, &l->lock, HOOK_WG, l, 0);
    } else {
        lock_drop(&l->lock);
    }
    runtime_leave(g);
}

static void start(void (*fn)(void), uint64_t a, uint64_t b) {
    struct g *g = runtime_enter();
    spawn(g, fn, (uint64_t[]){a, b}, 2, 0);
    runtime_leave(g);
}

static void pass(void) {
    struct g *g = runtime_enter();
    yield_now(g);
    runtime_leave(g);
}

static uint64_t sum;
static void add(struct latch *l, uint64_t n) {
    __atomic_fetch_add(&sum, n, __ATOMIC_RELAXED);
    latch_done(l);
}

static void spawned_goroutines_all_run_with_their_arguments(void **state) {
    (void)state;
    enum { N = 10000 };
    struct latch l = {.left = N};
    sum = 0;
    for (unsigned i = 1; i <= N; i++) start((void (*)(void))add, (uintptr_t)&l, i);
    latch_wait(&l);
    assert_int_equal(sum, (uint64_t)N * (N + 1) / 2);
}

/* Out of line: the compiler may keep errno's address, which belongs to a thread, across a switch. */
static GORO_NOINLINE void errno_set(int e) { errno = e; }
static GORO_NOINLINE int errno_get(void) { return errno; }

static unsigned wrong_errno;
static void yields(struct latch *l, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        errno_set((int)i);
        pass();
        if (errno_get() != (int)i) __atomic_fetch_add(&wrong_errno, 1, __ATOMIC_RELAXED);
    }
    latch_done(l);
}

static void errno_stays_with_the_goroutine(void **state) {
    (void)state;
    struct latch l = {.left = 4};
    for (unsigned i = 0; i < 4; i++) start((void (*)(void))yields, (uintptr_t)&l, 1000);
    latch_wait(&l);
    assert_int_equal(wrong_errno, 0);
}

static void tree(struct latch *l, uint64_t depth) {
    if (depth > 0)
        for (int i = 0; i < 4; i++) start((void (*)(void))tree, (uintptr_t)l, depth - 1);
    latch_done(l);
}

static void a_tree_of_spawns_finishes(void **state) {
    (void)state;
    struct latch l = {.left = 1 + 4 + 16 + 64 + 256 + 1024};
    start((void (*)(void))tree, (uintptr_t)&l, 5);
    latch_wait(&l);
}

static void *thread(void *l) {
    for (int i = 0; i < 100; i++) start((void (*)(void))add, (uintptr_t)l, 1);
    struct latch mine = {.left = 1};
    start((void (*)(void))add, (uintptr_t)&mine, 1);
    latch_wait(&mine);
    latch_done(l);
    return NULL;
}

static void foreign_threads_may_spawn_and_park(void **state) {
    (void)state;
    struct latch l = {.left = 2 * 101};
    pthread_t t[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&t[i], NULL, thread, &l), 0);
    latch_wait(&l);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spawned_goroutines_all_run_with_their_arguments),
        cmocka_unit_test(errno_stays_with_the_goroutine),
        cmocka_unit_test(a_tree_of_spawns_finishes),
        cmocka_unit_test(foreign_threads_may_spawn_and_park),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
