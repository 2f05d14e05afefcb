/* The scheduler's seam, driven as a primitive would: a one-place mailbox under a lock, on park and ready. */
#include "sched_seam.h"
#include "runtime/g.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

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
    for (unsigned i = 1; i <= N; i++) start(add, address(&l), i);
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
    for (unsigned i = 0; i < 4; i++) start(yields, address(&l), 1000);
    latch_wait(&l);
    assert_int_equal(wrong_errno, 0);
}

static void tree(struct latch *l, uint64_t depth) {
    if (depth > 0)
        for (int i = 0; i < 4; i++) start(tree, address(l), depth - 1);
    latch_done(l);
}

static void a_tree_of_spawns_finishes(void **state) {
    (void)state;
    struct latch l = {.left = 1 + 4 + 16 + 64 + 256 + 1024};
    start(tree, address(&l), 5);
    latch_wait(&l);
}

static void wait_for(struct latch *gate, struct latch *up) {
    latch_done(up);
    struct g *g = runtime_enter();
    lock_take(&gate->lock);
    if (gate->left) {
        *g_slot(g) = gate->waiter; /* a chain of waiters through the slots */
        gate->waiter = g;
        park(g, &gate->lock, HOOK_CHAN, gate, 0);
    } else {
        lock_drop(&gate->lock);
    }
    runtime_leave(g);
    latch_done(up);
}

static void open_gate(struct latch *gate) {
    struct g *self = runtime_enter();
    lock_take(&gate->lock);
    gate->left = 0;
    struct g *g = gate->waiter;
    lock_drop(&gate->lock);
    while (g) {
        struct g *next = *g_slot(g);
        ready_last(g);
        g = next;
    }
    runtime_leave(self);
}

static size_t resident_bytes(void) {
    unsigned long total, resident;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%lu %lu", &total, &resident) != 2) resident = 0;
    if (f) fclose(f);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* GORO_TEST_MANY sets another number; sanitizers keep a shadow of each stack and a bounded table of fibers. */
static void many_goroutines_wait_at_once_in_one_page_each(void **state) {
    (void)state;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    unsigned n = 2000;
#else
    unsigned n = 100000;
#endif
    if (getenv("GORO_TEST_MANY")) n = (unsigned)atoi(getenv("GORO_TEST_MANY"));
    struct latch gate = {.left = 1}, up = {.left = n};
    size_t before = resident_bytes();
    for (unsigned i = 0; i < n; i++) start(wait_for, address(&gate), address(&up));
    latch_wait(&up);
    size_t each = (resident_bytes() - before) / n;
    print_message("%u goroutines, %zu bytes each\n", n, each);
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
    assert_true(each < 4700);
#endif
    up = (struct latch){.left = n};
    open_gate(&gate);
    latch_wait(&up);
}

static void *thread(void *l) {
    for (int i = 0; i < 100; i++) start(add, address(l), 1);
    struct latch mine = {.left = 1};
    start(add, address(&mine), 1);
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

static void stir(struct latch *l, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) pass();
    latch_done(l);
}

static void main_stays_on_its_thread(void **state) {
    (void)state;
    struct latch l = {.left = 4};
    for (int i = 0; i < 4; i++) start(stir, address(&l), 1000);
    for (int i = 0; i < 1000; i++) {
        pass();
        assert_int_equal(syscall(SYS_gettid), getpid());
    }
    latch_wait(&l);
    assert_int_equal(syscall(SYS_gettid), getpid());
}

/* Locks its thread and ends without letting it go. */
static void end_locked(uint64_t on_mains, uint64_t latch) {
    struct g *g = runtime_enter();
    thread_lock(g);
    *(bool *)(uintptr_t)on_mains = g->m == &main_m;
    runtime_leave(g);
    latch_done((struct latch *)(uintptr_t)latch);
}

static void main_is_bound_again_when_who_held_its_thread_has_ended(void **state) {
    (void)state;
    for (bool on_mains = false; !on_mains;) {
        struct latch l = {.left = 1};
        start(end_locked, address(&on_mains), address(&l));
        latch_wait(&l);
    }
    while (!(hint_get(main_g.flags) & G_BOUND) || main_m.exclusive) pass();
    assert_ptr_equal(main_g.bound_m, &main_m);
    while (syscall(SYS_gettid) != getpid()) pass();
    check();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spawned_goroutines_all_run_with_their_arguments),
        cmocka_unit_test(errno_stays_with_the_goroutine),
        cmocka_unit_test(a_tree_of_spawns_finishes),
        cmocka_unit_test(many_goroutines_wait_at_once_in_one_page_each),
        cmocka_unit_test(main_stays_on_its_thread),
        cmocka_unit_test(main_is_bound_again_when_who_held_its_thread_has_ended),
        cmocka_unit_test(foreign_threads_may_spawn_and_park),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
