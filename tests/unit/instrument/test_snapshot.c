/* A copy of the process that works: what comes out, how it ends, and that the process sees nothing of it. */
#include "instrument/snapshot.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define LONG_NS INT64_C(60000000000)

static volatile int value;
static volatile sig_atomic_t signals;

static void count(int sig) {
    (void)sig;
    signals++;
}

static void add_one(void *arg, void *out) {
    *(int *)out = *(int *)arg + value;
    value = 100; /* its own */
}
static void stay(void *arg, void *out) {
    (void)arg, (void)out;
    for (;;) pause();
}
static void break_down(void *arg, void *out) {
    (void)arg, (void)out;
    __builtin_trap();
}

static struct snapshot begin(void (*work)(void *arg, void *out), void *arg) {
    struct snapshot s = {0};
    assert_true(snapshot_prepare(&s, 4096));
    assert_true(snapshot_take(&s, work, arg));
    return s;
}

static void test_answer(void **state) {
    (void)state;
    int one = 1;
    value = 41;
    struct snapshot s = begin(add_one, &one);
    value = 0; /* too late */
    assert_int_equal(snapshot_wait(&s, LONG_NS), SNAPSHOT_DONE);
    assert_int_equal(*(const int *)snapshot_result(&s), 42);
    assert_int_equal(value, 0);
    snapshot_drop(&s);
    assert_int_equal(snapshot_wait(&s, 0), SNAPSHOT_NONE);
}

static void test_unseen(void **state) {
    (void)state;
    signal(SIGCHLD, count);
    struct snapshot s = begin(stay, NULL);
    assert_int_equal(wait(NULL), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(snapshot_wait(&s, 0), SNAPSHOT_WORKS);
    snapshot_drop(&s);
    assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1); /* it is no more */
    assert_int_equal(signals, 0);
    signal(SIGCHLD, SIG_DFL);
}

/* A pipe whose end the process closes has ended, whatever the copy does. */
static void test_descriptors(void **state) {
    (void)state;
    int fd[2];
    char byte;
    assert_int_equal(pipe(fd), 0);
    struct snapshot s = begin(stay, NULL);
    close(fd[1]);
    assert_int_equal(read(fd[0], &byte, 1), 0);
    snapshot_drop(&s);
    close(fd[0]);
}

static void test_signals(void **state) {
    (void)state;
    signals = 0;
    signal(SIGTERM, count);
    struct snapshot s = begin(stay, NULL);
    kill(s.child, SIGTERM);
    assert_int_equal(snapshot_wait(&s, 20000000), SNAPSHOT_WORKS);
    raise(SIGTERM); /* here nothing is blocked */
    assert_int_equal(signals, 1);
    snapshot_drop(&s);
    signal(SIGTERM, SIG_DFL);
}

static void test_death(void **state) {
    (void)state;
    struct snapshot s = begin(break_down, NULL);
    assert_int_equal(snapshot_wait(&s, LONG_NS), SNAPSHOT_FAILED);
    snapshot_drop(&s);
    s = begin(stay, NULL);
    kill(s.child, SIGKILL);
    assert_int_equal(snapshot_wait(&s, LONG_NS), SNAPSHOT_FAILED);
    snapshot_drop(&s);
}

/* A child of the process has nothing to do with it, and ends without it. */
static void test_fork(void **state) {
    (void)state;
    struct snapshot s = begin(stay, NULL);
    pid_t pid = fork();
    if (pid == 0) {
        bool failed = snapshot_wait(&s, LONG_NS) == SNAPSHOT_FAILED;
        snapshot_drop(&s);
        _exit(failed ? 7 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_int_equal(snapshot_wait(&s, 0), SNAPSHOT_WORKS);
    snapshot_drop(&s);
}

/* The copy does not outlive the process, whatever ends that. */
static void test_parent_dies(void **state) {
    (void)state;
    int fd[2];
    char byte;
    assert_int_equal(pipe(fd), 0);
    pid_t pid = fork();
    if (pid == 0) {
        begin(stay, NULL);
        raise(SIGKILL);
    }
    close(fd[1]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(read(fd[0], &byte, 1), 0); /* nobody has the other end: comes when the copy is dead */
    close(fd[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),      cmocka_unit_test(test_unseen), cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_signals),     cmocka_unit_test(test_death),  cmocka_unit_test(test_fork),
        cmocka_unit_test(test_parent_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
