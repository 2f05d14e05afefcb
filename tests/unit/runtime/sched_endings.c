/* How programs end by mistake, and what they say: each case runs in a process of its own, this program started again
 * with the case's name. */
#include "ending.h"
#include "sched_seam.h"
#include "runtime/stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- the cases ------------------------------------------------------------------------------------------------------ */

static void park_for_ever(uint64_t a, uint64_t b) {
    (void)a, (void)b;
    struct g *g = runtime_enter();
    g_set_name(g, "sleeper");
    park(g, NULL, HOOK_CHAN | PARK_RECEIVING, NULL, 0);
    runtime_leave(g);
}

static void case_asleep(void) {
    start(park_for_ever, 0, 0);
    park_for_ever(0, 0);
}

static void case_panic(void) {
    printf("before the panic"); /* no newline: it stands in the buffer */
    struct g *g = runtime_enter();
    panic_raise(HOOK_PANIC, NULL, 0, "no %s today", "luck");
    runtime_leave(g);
}

static void case_fatal(void) {
    struct g *g = runtime_enter();
    fatal_raise(HOOK_GM001_UNLOCK_OF_UNLOCKED, NULL, 0, "sync: unlock of unlocked mutex");
    runtime_leave(g);
}

static GORO_NOINLINE uint64_t recurse(uint64_t n, uint64_t b) {
    volatile char room[512];
    room[n % sizeof room] = (char)b;
    if (n == UINT64_MAX) return 0;
    return recurse(n + 1, b) + (uint64_t)room[n % 7];
}

static void overflow(uint64_t a, uint64_t b) {
    struct g *g = runtime_enter();
    g_set_name(g, "deep");
    runtime_leave(g);
    recurse(a, b);
}

static void case_overflow(void) {
    start(overflow, 0, 0);
    park_for_ever(0, 0);
}

/* Runs some hundred bytes over the end of its stack, and comes back. */
static void run_over(uint64_t a, uint64_t b) {
    struct g *g = runtime_enter();
    uintptr_t end = stack_low(g->stack);
    runtime_leave(g);
    for (volatile char *p = (char *)end + 64; p > (char *)end - 200; p--) *p = (char)(a + 1);
    latch_done((struct latch *)(uintptr_t)b);
}

static void case_red_zone(void) {
    setenv("GORO_GUARD", "none", 1);
    struct latch l = {.left = 1};
    start(run_over, 0, address(&l));
    latch_wait(&l);
    park_for_ever(0, 0);
}

static void write_to_null(uint64_t a, uint64_t b) {
    (void)b;
    *(volatile char *)a = 1;
}

static void case_segv(void) {
    start(write_to_null, 8, 0);
    park_for_ever(0, 0);
}

static void on_segv(int signal) {
    (void)signal;
    static const char text[] = "the program's own handler\n";
    if (write(2, text, sizeof text - 1) < 0) _exit(1);
    _exit(5);
}

static void case_own_handler(void) {
    signal(SIGSEGV, on_segv);
    start(write_to_null, 8, 0);
    park_for_ever(0, 0);
}

static void case_fork(void) {
    start(park_for_ever, 0, 0);
    pass();
    pid_t child = fork();
    if (child == 0) {
        pass();
        _exit(0);
    }
    int status;
    if (waitpid(child, &status, 0) != child) _exit(1);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void *linger(void *unused) {
    (void)unused;
    usleep(300000);
    return NULL;
}

/* A thread that is not ours could call in: no deadlock while it lives, one when it has ended. */
static void case_foreign_thread_ends(void) {
    pthread_t t;
    if (pthread_create(&t, NULL, linger, NULL)) _exit(1);
    pthread_detach(t);
    start(park_for_ever, 0, 0);
    park_for_ever(0, 0);
}

static void say(void *text) {
    fputs(text, stderr);
}

static void leave_early(uint64_t a, uint64_t b) {
    (void)b;
    struct g *g = runtime_enter();
    g_defer(g, say, "first\n");
    g_defer(g, say, "second\n");
    runtime_leave(g);
    latch_done((struct latch *)(uintptr_t)a);
    g_exit(runtime_enter());
}

static void case_deferred(void) {
    struct g *g = runtime_enter();
    g_defer(g, say, "main's\n");
    runtime_leave(g);
    struct latch l = {.left = 1};
    start(leave_early, address(&l), 0);
    latch_wait(&l);
    for (int i = 0; i < 3; i++) pass();
    while (1) {
        g = runtime_enter();
        uint64_t n = g_count();
        runtime_leave(g);
        if (n == 1) exit(7);
        pass();
    }
}

/* -- running them ---------------------------------------------------------------------------------------------------------- */

static const struct ending_case cases[] = {
    {"asleep", case_asleep},     {"panic", case_panic},
    {"fatal", case_fatal},       {"overflow", case_overflow},
    {"segv", case_segv},         {"own-handler", case_own_handler},
    {"fork", case_fork},         {"foreign-thread-ends", case_foreign_thread_ends},
    {"deferred", case_deferred}, {"red-zone", case_red_zone},
};

static void all_asleep_is_told_with_every_stack(void **state) {
    (void)state;
    expect_ending("asleep", 2, "fatal error: all goroutines are asleep - deadlock!",
                  "goroutine 1 \"sleeper\" [chan receive", "goroutine 2 \"sleeper\" [chan receive",
                  "park_for_ever", "created by ", "in goroutine 1");
}

static void a_panic_prints_text_stack_and_what_stood_in_stdout(void **state) {
    (void)state;
    expect_ending("panic", 2, "before the panic", "panic: no luck today", "goroutine 1 [running]",
                  "case_panic");
}

static void a_fatal_error_prints_its_text(void **state) {
    (void)state;
    expect_ending("fatal", 2, "fatal error: sync: unlock of unlocked mutex", "case_fatal");
}

static void a_stack_overflow_is_told_in_words(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their own handlers come first */
    expect_ending("overflow", 2, "stack exceeds 262144-byte limit", "fatal error: stack overflow",
                  "goroutine 2 \"deep\" [running]", "recurse", "...more frames");
#endif
}

static void without_guards_an_overflow_is_told_at_the_end(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect_ending("red-zone", 2,
                  "fatal error: stack overflow (over the 262144-byte limit, found at the end)");
#endif
}

static void other_faults_are_the_programs_own(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect_ending("segv", 128 + SIGSEGV, "unexpected signal");
    expect_ending("own-handler", 5, "the program's own handler");
#endif
}

static void a_forked_child_may_not_use_goroutines(void **state) {
    (void)state;
    expect_ending("fork", 2, "child of fork");
}

static void all_asleep_waits_for_threads_that_could_call_in(void **state) {
    (void)state;
    expect_ending("foreign-thread-ends", 2, "all goroutines are asleep");
}

static void deferred_calls_run_last_in_first_out(void **state) {
    (void)state;
    expect_ending("deferred", 7, "second\nfirst\n", "main's\n");
}

int main(int argc, char **argv) {
    if (argc > 1) return ending_run(cases, array_length(cases), argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_asleep_is_told_with_every_stack),
        cmocka_unit_test(a_panic_prints_text_stack_and_what_stood_in_stdout),
        cmocka_unit_test(a_fatal_error_prints_its_text),
        cmocka_unit_test(a_stack_overflow_is_told_in_words),
        cmocka_unit_test(without_guards_an_overflow_is_told_at_the_end),
        cmocka_unit_test(other_faults_are_the_programs_own),
        cmocka_unit_test(a_forked_child_may_not_use_goroutines),
        cmocka_unit_test(all_asleep_waits_for_threads_that_could_call_in),
        cmocka_unit_test(deferred_calls_run_last_in_first_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
