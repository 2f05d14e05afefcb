/* A process that is used again: each schedule finds memory as the first one did, and what is not memory ends that. */
#include "instrument/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { SCHEDULES = 20, OWN_FD = 800 };

static struct shared {
    int ended, wanted, refused;
    int status[SCHEDULES + 1];
    uintptr_t address[SCHEDULES + 1]; /* what a schedule wants to compare with the others' */
} * shared;

static bool next(void *at, int status) {
    struct shared *s = at;
    s->status[s->ended++] = status;
    return s->ended < s->wanted;
}

static bool (*asks)(void *at, int status) = next;

/* Runs `schedule` in a process of its own until `wanted` have ended, and returns that one's status. */
static int run(int wanted, int (*schedule)(void)) {
    int status;
    memset(shared, 0, sizeof *shared);
    shared->wanted = wanted;
    pid_t child = fork();
    if (child == 0) {
        static char stack[64 << 10];
        struct keep_use use = {.next = asks, .shared = shared, .shared_bytes = sizeof *shared, .fd = OWN_FD};
        dup2(0, OWN_FD);
        signal(SIGSEGV, SIG_DFL); /* cmocka's */
        signal(SIGSYS, SIG_DFL);
        sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
        shared->refused = !keep_begin(&use);
        exit(schedule());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void assert_kept(int (*schedule)(void)) {
    run(SCHEDULES, schedule);
    assert_false(shared->refused);
    assert_int_equal(shared->ended, SCHEDULES);
    for (int i = 0; i < SCHEDULES; i++) assert_int_equal(shared->status[i], 0);
}

/* -- what is put back --------------------------------------------------------------------------------------------- */

static int zero, one = 1;
static __thread int own = 2;
static char *block;
static char large[1 << 20];

static int write_variables(void) {
    if (zero || one != 1 || own != 2 || getenv("KEPT") || large[0] || large[sizeof large - 1]) return 1;
    zero = one = own = shared->ended + 5;
    large[0] = large[sizeof large - 1] = large[sizeof large / (size_t)(2 + shared->ended)] = 1;
    return setenv("KEPT", "1", 1);
}
static void test_variables(void **state) {
    (void)state;
    assert_kept(write_variables);
}

static int use_heap(void) {
    if (block) return 1;
    for (int i = 0; i < 2000 + shared->ended % 3 * 3000; i++) { /* and its end moves */
        char *more = malloc(100);
        memcpy(more, &block, sizeof block);
        block = more;
    }
    shared->address[shared->ended] = (uintptr_t)block;
    return block == NULL;
}
static void test_heap(void **state) {
    (void)state;
    assert_kept(use_heap);
    assert_int_equal(shared->address[0], shared->address[3]);
    assert_int_equal(shared->address[1], shared->address[4]);
}

static int map_and_unmap(void) {
    int turn = shared->ended % 4;
    char *a = calloc(1, 300000 + (size_t)(turn & 1) * 1000000), *b = calloc(1, 200000), *c;
    for (size_t i = 0; i < 200000; i++)
        if (a[i] || b[i]) return 1;
    memset(a, 1, 200000);
    memset(b, 1, 200000);
    if (turn & 2) free(a);
    c = realloc(b, 400000);
    memset(c, 2, 400000);
    shared->address[shared->ended] = (uintptr_t)a ^ (uintptr_t)c << 1;
    return 0;
}
static void test_mappings(void **state) {
    (void)state;
    assert_kept(map_and_unmap);
    for (int i = 4; i < SCHEDULES; i++) assert_int_equal(shared->address[i], shared->address[i % 4]);
}

static int change_rights(void) {
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || p[0] || p[4096]) return 1;
    p[0] = p[4096] = 1;
    return mprotect(p + 4096, 4096, PROT_NONE);
}
static void test_rights(void **state) {
    (void)state;
    assert_kept(change_rights);
}

static int round_up(void) {
    if (fegetround() != FE_TONEAREST) return 1;
    return fesetround(FE_UPWARD);
}
static void test_rounding(void **state) {
    (void)state;
    assert_kept(round_up);
}

static int deeper(int n) {
    volatile char frame[1000];
    for (int i = 0; i < 1000; i++) frame[i] = (char)n;
    return n ? deeper(n - 1) + frame[0] - n : 0;
}
static int use_stack(void) { return deeper(1000); } /* more than there is yet */
static void test_stack(void **state) {
    (void)state;
    assert_kept(use_stack);
}

static int fail_at_times(void) { return shared->ended % 3; }
static void test_statuses(void **state) {
    (void)state;
    run(SCHEDULES, fail_at_times);
    for (int i = 0; i < SCHEDULES; i++) assert_int_equal(shared->status[i], i % 3 << 8);
}

static int pause_and_block(void) {
    sigset_t all, before;
    uint8_t was = keep_pause();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    (void)!write(1, "", 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    keep_resume(was);
    return !was;
}
static void test_pause(void **state) {
    (void)state;
    assert_kept(pause_and_block);
}

static int use_descriptors(void) {
    int p[2], file = open("/dev/null", O_RDWR), poller = epoll_create1(0), event = eventfd(0, EFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = event};
    uint64_t one_more = 1;
    char byte;
    if (pipe(p) || file < 0 || poller != file + 1 || event != poller + 1 || p[1] != event + 2) return 1;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, event, &e) || epoll_wait(poller, &e, 1, 0) != 0) return 2;
    if (write(event, &one_more, 8) != 8 || epoll_wait(poller, &e, 1, 0) != 1) return 3;
    if (write(p[1], "x", 1) != 1 || read(p[0], &byte, 1) != 1 || byte != 'x') return 4;
    if (fcntl(p[0], F_SETFL, O_NONBLOCK) || read(p[0], &byte, 1) != -1 || errno != EAGAIN) return 5;
    if (shared->ended & 1) close(file);
    shared->address[shared->ended] = (uintptr_t)file;
    return open("/nowhere/at/all", O_RDONLY) != -1;
}
static void test_descriptors(void **state) {
    (void)state;
    assert_kept(use_descriptors);
    for (int i = 1; i < SCHEDULES; i++) assert_int_equal(shared->address[i], shared->address[0]);
}

static bool is_blocked(int sig) {
    sigset_t now;
    return sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, sig);
}
static int block_signals(void) {
    sigset_t some, before;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigaddset(&some, SIGSYS);
    if (is_blocked(SIGUSR1) || is_blocked(SIGSYS) || sigprocmask(SIG_SETMASK, &some, &before)) return 1;
    if (sigismember(&before, SIGUSR1) || !is_blocked(SIGUSR1) || !is_blocked(SIGSYS) || is_blocked(SIGUSR2)) return 2;
    sigdelset(&some, SIGUSR1);
    if (sigprocmask(SIG_UNBLOCK, &some, NULL) || !is_blocked(SIGUSR1) || is_blocked(SIGSYS)) return 3;
    return sigprocmask(-1, &some, NULL) != -1 || errno != EINVAL ||
           syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8) != -1;
}
static void test_mask(void **state) {
    (void)state;
    assert_kept(block_signals);
}

static int signals;
static void count(int sig) { signals += sig == SIGUSR1; }
static bool next_signalled(void *at, int status) {
    kill((pid_t)syscall(SYS_getpid), SIGUSR1); /* too late for the one, too early for the other */
    return next(at, status);
}
static int look_for_signals(void) { return signals; }
static void test_late_signals(void **state) {
    (void)state;
    signal(SIGUSR1, count);
    asks = next_signalled;
    assert_kept(look_for_signals);
    asks = next;
    signal(SIGUSR1, SIG_DFL);
}

/* -- what ends it ----------------------------------------------------------------------------------------------------- */

/* The third schedule does `what`; it ends its process with status 7, and nobody asks for a fourth. */
static int (*what)(void);
static int third_is_last(void) {
    if (shared->ended < 2) return 0;
    struct sigaction now;
    int e = what();
    if (fcntl(OWN_FD, F_GETFD) != -1 || fcntl(900, F_GETFD) != -1) return 8; /* ours */
    if (sigaction(SIGSYS, NULL, &now) != 0 || now.sa_handler != SIG_DFL) return 9;
    return e ? 10 : 7;
}
static void assert_ends(int (*done)(void)) {
    what = done;
    assert_int_equal(run(SCHEDULES, third_is_last), 7 << 8);
    assert_int_equal(shared->ended, 2);
}

static int open_process(void) { return open("/proc/self/stat", O_RDONLY) < 0; }
static int put_aside(void) { return dup2(0, 50) != 50; }
static int close_other(void) { return close(0); }
static int change_folder(void) { return chdir("/"); }
static int take_signal(void) { return signal(SIGUSR1, SIG_IGN) == SIG_ERR; }
static int block_all(void) { /* and that holds afterwards */
    sigset_t set;
    sigfillset(&set);
    return sigprocmask(SIG_BLOCK, &set, NULL) || open_process() || !is_blocked(SIGSYS) || !is_blocked(SIGUSR1);
}
static int set_alarm(void) { return (int)alarm(100); }
static int fork_once(void) {
    int status = 1;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return waitpid(child, &status, 0) != child || status;
}
static void *nothing(void *arg) { return arg; }
static int make_thread(void) {
    pthread_t t;
    return pthread_create(&t, NULL, nothing, NULL) || pthread_join(t, NULL);
}
static int protect_variable(void) { return mprotect((void *)((uintptr_t)(large + 8192) & ~4095ul), 4096, PROT_READ); }
static int read_input(void) {
    char byte;
    return read(0, &byte, 1) < 0 && errno == EFAULT;
}
static int say_so(void) {
    keep_end();
    return 0;
}

static void test_ends(void **state) {
    (void)state;
    int (*const all[])(void) = {open_process, put_aside, close_other, change_folder,    take_signal, block_all,
                                set_alarm,    fork_once, make_thread, protect_variable, read_input,  say_so};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_ends(all[i]);
}

static int die_third(void) {
    if (shared->ended == 2) raise(SIGSEGV);
    return 0;
}
static int use_unmapped(void) {
    char *p = calloc(1, 300000);
    volatile uintptr_t at = (uintptr_t)p + 1000;
    if (shared->ended < 2) return p == NULL;
    free(p);
    return *(volatile char *)at; /* memory that is not there any more */
}
static void test_faults(void **state) {
    (void)state;
    assert_int_equal(run(SCHEDULES, die_third), SIGSEGV);
    assert_int_equal(shared->ended, 2);
    assert_int_equal(run(SCHEDULES, use_unmapped), SIGSEGV);
    assert_int_equal(shared->ended, 2);
}

static int kill_third(void) { return shared->ended == 2 ? kill(getpid(), SIGSYS) : 0; }
static void test_signal_of_the_same_number(void **state) {
    (void)state;
    assert_int_equal(run(SCHEDULES, kill_third), SIGSYS);
    assert_int_equal(shared->ended, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables), cmocka_unit_test(test_heap),
        cmocka_unit_test(test_mappings),  cmocka_unit_test(test_rights),
        cmocka_unit_test(test_rounding),  cmocka_unit_test(test_stack),
        cmocka_unit_test(test_statuses),  cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_mask),      cmocka_unit_test(test_late_signals),
        cmocka_unit_test(test_pause),     cmocka_unit_test(test_ends),
        cmocka_unit_test(test_faults),    cmocka_unit_test(test_signal_of_the_same_number),
    };
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    run(2, fail_at_times);
    if (shared->refused) {
        puts("this kernel has not what it takes: Linux 6.7");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
