/* What the child of a fork may do: all, if there was nothing but main; exec and _exit, if goroutines ran. */
#include "ending.h"
#include "runtime/goro.h"
#include "runtime/proc.h"

#include <pthread.h>
#include <signal.h>

/* -- using everything --------------------------------------------------------------------------------------------------- */

static void add(int64_t *sum, int n, goro_wg *wg) {
    goro_yield();
    __atomic_fetch_add(sum, n, __ATOMIC_RELAXED);
    goro_wg_done(wg);
}

static bool clock_works(void) {
    struct timespec t;
    return main_m.tid == gettid() && main_m.cpu_clock && clock_gettime(main_m.cpu_clock, &t) == 0;
}

/* Goroutines on several threads, a timer, a signal, the monitor: a process that may use the runtime. */
static int use_all(void) {
    enum { N = 1000 };
    int64_t sum = 0;
    goro_wg wg = {0};
    goro_timer timer = {0};
    chan(int) c = chan_make(int, 1);
    goro_gomaxprocs(4);
    goro_wg_add(&wg, N);
    for (int i = 1; i <= N; i++) go(add, &sum, i, &wg);
    goro_wg_wait(&wg);
    goro_timer_start(&timer, GORO_MILLISECOND);
    chan_recv(goro_timer_chan(&timer));
    goro_notify(c, SIGUSR1);
    kill(getpid(), SIGUSR1);
    bool ok = chan_recv(c) == SIGUSR1 && sum == N * (N + 1) / 2 && clock_works();
    goro_notify_stop(c);
    chan_free(c);
    goro_gomaxprocs(2);
    struct g *g = runtime_enter();
    runtime_check(g);
    runtime_leave(g);
    return ok ? 7 : 1;
}

static int status_of(pid_t child) {
    int status;
    if (waitpid(child, &status, 0) != child) return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* -- the cases: before anything else ran ---------------------------------------------------------------------------------- */

static void case_first(void) {
    pid_t child = fork();
    if (child == 0) exit(use_all());
    exit(status_of(child) == 7 ? use_all() : 2);
}

/* As a daemon does it. */
static void case_twice(void) {
    pid_t child = fork();
    if (child == 0) {
        setsid();
        pid_t grandchild = fork();
        if (grandchild == 0) exit(use_all());
        _exit(status_of(grandchild));
    }
    exit(status_of(child));
}

/* The runtime has started, but nobody besides main. */
static void case_started(void) {
    chan(int) c = chan_make(int, 1);
    chan_send(c, 5);
    goro_yield();
    pid_t child = fork();
    if (child == 0) exit(chan_recv(c) == 5 ? use_all() : 3);
    exit(status_of(child) == 7 && chan_recv(c) == 5 ? use_all() : 2);
}

static void say(void *text) { fputs(text, stderr); }
static void case_deferred(void) {
    goro_at_exit(say, "deferred\n");
    pid_t child = fork();
    if (child == 0) exit(use_all());
    if (status_of(child) != 7) _exit(2);
    _exit(7); /* without its own */
}

static void receive(chan(int) c) { chan_recv(c); }
static void case_asleep(void) {
    pid_t child = fork();
    if (child == 0) {
        chan(int) c = chan_make(int, 0);
        go(receive, c);
        chan_recv(c);
    }
    _exit(status_of(child));
}

/* -- the cases: goroutines run ------------------------------------------------------------------------------------------------ */

static void run_on(uint32_t *stop) {
    while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) goro_yield();
}

/* Several goroutines fork, each child ends by `end`; the rest goes on meanwhile. */
static void fork_many(int *failed, void (*end)(int), goro_wg *wg) {
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) end(i);
        if (child < 0 || status_of(child) != i % 3) __atomic_fetch_add(failed, 1, __ATOMIC_RELAXED);
        goro_yield();
    }
    goro_wg_done(wg);
}

static void forks_beside(void (*end)(int)) {
    uint32_t stop = 0;
    int failed = 0;
    goro_wg wg = {0};
    go(run_on, &stop);
    go(run_on, &stop);
    goro_wg_add(&wg, 2);
    go(fork_many, &failed, end, &wg);
    go(fork_many, &failed, end, &wg);
    goro_wg_wait(&wg);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    exit(failed ? 1 : 7);
}

static void leave(int i) { _exit(i % 3); }
static void execute(int i) {
    char text[] = {'e', 'x', 'i', 't', ' ', (char)('0' + i % 3), 0};
    execl("/bin/sh", "sh", "-c", text, NULL);
    _exit(9);
}
static void case_exit(void) { forks_beside(leave); }
static void case_exec(void) { forks_beside(execute); }

static void fork_and_use(int *status) {
    pid_t child = fork();
    if (child == 0) {
        goro_yield();
        _exit(0);
    }
    *status = status_of(child);
}
static void fork_in_goroutine(int *status, goro_wg *wg) {
    fork_and_use(status);
    goro_wg_done(wg);
}
static void case_use(void) {
    goro_wg wg = {0};
    int status = 0;
    goro_wg_add(&wg, 1);
    go(fork_in_goroutine, &status, &wg);
    goro_wg_wait(&wg);
    exit(status);
}

static void *fork_in_thread(void *status) {
    fork_and_use(status);
    return NULL;
}
static void case_use_thread(void) {
    pthread_t t;
    int status = 0;
    go(goro_yield);
    goro_yield();
    if (pthread_create(&t, NULL, fork_in_thread, &status) == 0) pthread_join(t, NULL);
    exit(status);
}

static const struct ending_case cases[] = {
    {"first", case_first},       {"twice", case_twice},   {"started", case_started},
    {"deferred", case_deferred}, {"asleep", case_asleep}, {"exit", case_exit},
    {"exec", case_exec},         {"use", case_use},       {"use-thread", case_use_thread},
};

/* -- the tests ------------------------------------------------------------------------------------------------------------------ */

static void before_the_first_goroutine_both_may_use_everything(void **state) {
    (void)state;
    expect_ending("first", 7, "");
    expect_ending("twice", 7, "");
    expect_ending("started", 7, "");
    expect_ending("deferred", 7, "deferred\n");
}

static void the_child_notices_a_deadlock(void **state) {
    (void)state;
    expect_ending("asleep", 2, "all goroutines are asleep", "\ngoroutine 2 [chan receive");
}

static void while_goroutines_run_a_child_may_exec_and_exit(void **state) {
    (void)state;
    expect_ending("exit", 7, "");
    expect_ending("exec", 7, "");
}

static void and_nothing_else(void **state) {
    (void)state;
    expect_ending("use", 2, "this is a child of fork(), and goroutines ran before: it may only call exec or _exit");
    expect_ending("use-thread", 2,
                  "this is a child of fork(), and goroutines ran before: it may only call exec or _exit");
}

int main(int argc, char **argv) {
    if (argc > 1) return ending_run(cases, array_length(cases), argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_goroutine_both_may_use_everything),
        cmocka_unit_test(the_child_notices_a_deadlock),
        cmocka_unit_test(while_goroutines_run_a_child_may_exec_and_exit),
        cmocka_unit_test(and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
