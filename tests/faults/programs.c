/* The programs whose system calls fail: `fault_programs NAME` runs one. Each says the same in every run, at the end, so that
 * whatever else it says is a mistake. What it asks for itself and does not get ends it with status 3 and the errno's name;
 * an interrupted call of its own it repeats. */
#include "tests/faults/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <goro.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Before the runtime's own constructor, which has no priority. */
__attribute__((constructor(101))) static void begin(void) { prctl(INJECT_BEGIN, 0, 0, 0, 0); }

static _Noreturn void give_up(const char *what) {
    char text[128];
    int n = snprintf(text, sizeof text, "program: %s: %s\n", what, strerrorname_np(errno));
    while (write(2, text, (size_t)n) < 0 && errno == EINTR) {}
    _exit(3);
}

#define REPEAT(call)                                                                                                   \
    __extension__({                                                                                                    \
        long repeat_r_;                                                                                                \
        do repeat_r_ = (call);                                                                                         \
        while (repeat_r_ < 0 && errno == EINTR);                                                                       \
        repeat_r_;                                                                                                     \
    })
#define MUST(what, call)                                                                                               \
    __extension__({                                                                                                    \
        long must_r_ = (call);                                                                                         \
        if (must_r_ < 0) give_up(what);                                                                                \
        must_r_;                                                                                                       \
    })

static void say(const char *format, ...) {
    char text[256];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    for (int done = 0; done < n;) done += (int)MUST("write", REPEAT(write(1, text + done, (size_t)(n - done))));
}

/* -- time ------------------------------------------------------------------------------------------------------------- */

static int fired;

static void count_call(void *arg) { __atomic_fetch_add((int *)arg, 1, __ATOMIC_RELAXED); }

static void nap(int i, goro_wg *wg) {
    for (int n = 0; n < 4; n++) goro_sleep((1 + i % 3) * GORO_MILLISECOND / 2);
    goro_wg_done(wg);
}

static void timers(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 20);
    for (int i = 0; i < 20; i++) go(nap, i, &wg);
    goro_ticker ticker = {0};
    goro_timer after = {0};
    goro_ticker_start(&ticker, GORO_MILLISECOND);
    goro_after_func(&after, GORO_MILLISECOND, count_call, &fired);
    for (int i = 0; i < 3; i++) (void)chan_recv(goro_ticker_chan(&ticker));
    goro_ticker_stop(&ticker);
    goro_ctx *ctx = goro_ctx_with_timeout(goro_ctx_background(), 2 * GORO_MILLISECOND);
    (void)chan_recv_ok(goro_ctx_done(ctx), &(goro_empty){});
    int why = goro_ctx_err(ctx);
    goro_ctx_free(ctx);
    goro_wg_wait(&wg);
    while (!__atomic_load_n(&fired, __ATOMIC_RELAXED)) goro_sleep(GORO_MILLISECOND);
    say("timers %d %d\n", why == GORO_DEADLINE_EXCEEDED, fired);
}

/* -- descriptors ------------------------------------------------------------------------------------------------------- */

enum { MESSAGES = 6 };

static void echo(int fd, goro_wg *wg) {
    char c;
    while (MUST("goro_read", goro_read(fd, &c, 1)) == 1) MUST("goro_write", goro_write(fd, &c, 1));
    close(fd);
    goro_wg_done(wg);
}

static int ask(int fd) {
    int sum = 0;
    for (char i = 1; i <= MESSAGES; i++) {
        char c = 0;
        MUST("goro_send", goro_send(fd, &i, 1, 0));
        if (MUST("goro_recv", goro_recv(fd, &c, 1, 0)) == 1) sum += c;
    }
    return sum;
}

static void sockets(void) {
    goro_wg wg = {0};
    int s[2];
    MUST("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    goro_wg_add(&wg, 1);
    go(echo, s[1], &wg);
    int sum = ask(s[0]);
    bool late = goro_wait_fd(s[0], POLLIN, goro_now() + GORO_MILLISECOND) < 0;
    if (late && errno != ETIMEDOUT) give_up("goro_wait_fd");
    close(s[0]);
    goro_wg_wait(&wg);
    say("sockets %d %d\n", sum, late);
}

static void serve_one(int listener, goro_wg *wg) {
    echo((int)MUST("goro_accept", goro_accept(listener, NULL, NULL)), wg);
}

static void network(void) {
    goro_wg wg = {0};
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof a;
    int listener = (int)MUST("socket", socket(AF_INET, SOCK_STREAM, 0));
    MUST("bind", bind(listener, (struct sockaddr *)&a, sizeof a));
    MUST("listen", listen(listener, 8));
    MUST("getsockname", getsockname(listener, (struct sockaddr *)&a, &length));
    goro_wg_add(&wg, 1);
    go(serve_one, listener, &wg);
    int fd = (int)MUST("socket", socket(AF_INET, SOCK_STREAM, 0));
    MUST("goro_connect", goro_connect(fd, (struct sockaddr *)&a, sizeof a));
    say("network %d\n", ask(fd));
    close(fd);
    goro_wg_wait(&wg);
    close(listener);
}

/* A goroutine in a plain read() keeps its thread, not the others. */
static void read_plainly(int fd, chan(int) result) {
    char c = 0;
    MUST("read", REPEAT(read(fd, &c, 1)));
    chan_send(result, c);
}

static void blocking(void) {
    int p[2];
    chan(int) result = chan_make(int, 0);
    MUST("pipe", pipe(p));
    for (int i = 0; i < 4; i++) go(read_plainly, p[0], result);
    for (int i = 0; i < 4; i++) {
        goro_sleep(GORO_MILLISECOND);
        MUST("write", REPEAT(write(p[1], "\3", 1)));
    }
    int sum = 0;
    for (int i = 0; i < 4; i++) sum += chan_recv(result);
    chan_free(result);
    say("blocking %d\n", sum);
}

/* -- goroutines ---------------------------------------------------------------------------------------------------------- */

static void carry(int i, chan(int) from, chan(int) to) {
    goro_set_name("carrier");
    goro_at_exit(count_call, &fired);
    chan_send(to, chan_recv(from) + i);
}

/* All of them wait at the same time, each on a stack. */
static void start_and_sum(int n) {
    chan(int) from = chan_make(int, n), to = chan_make(int, 0);
    for (int i = 0; i < n; i++) go(carry, i, from, to);
    for (int i = 0; i < n; i++) goro_yield();
    for (int i = 0; i < n; i++) chan_send(from, 1);
    long sum = 0;
    for (int i = 0; i < n; i++) sum += chan_recv(to);
    say("%d sum %ld\n", n, sum);
}

static void many(void) { start_and_sum(400); }
static void crowd(void) { start_and_sum(1500); }

static void compute(goro_wg *wg) {
    static int sink;
    for (int i = 0; i < 200; i++) {
        for (int j = 0; j < 2000; j++) __atomic_fetch_add(&sink, 1, __ATOMIC_RELAXED);
        if (i % 10 == 0) goro_yield();
    }
    goro_wg_done(wg);
}

static void processors(void) {
    static const int wanted[] = {4, 1, 20, 2};
    goro_wg wg = {0};
    goro_wg_add(&wg, 12);
    for (int i = 0; i < 12; i++) go(compute, &wg);
    for (int i = 0; i < 4; i++) {
        goro_gomaxprocs(wanted[i]);
        goro_yield();
    }
    goro_wg_wait(&wg);
    say("processors %d\n", goro_gomaxprocs(0));
}

static void count(void) { say("%d\n", goro_gomaxprocs(0)); }

static int work(void *arg) {
    int *n = arg;
    goro_ctx *ctx = goro_ctx_with_value(goro_ctx_background(), &fired, n);
    chan(int) c = chan_make(int, 2000), none = NULL;
    int v = 0;
    for (int i = 0; i < 2000; i++) {
        chan_select {
            chan_case_send(c, i) {}
            chan_case_recv(none, v) {}
        }
    }
    chan_free(c);
    bool same = goro_ctx_value(ctx, &fired) == n;
    goro_ctx_free(ctx);
    return same ? v : 1;
}

/* What takes memory by malloc. */
static void primitives(void) {
    static goro_once once;
    goro_group group;
    goro_group_init(&group, NULL);
    goro_group_set_limit(&group, 3);
    for (int i = 0; i < 16; i++) goro_group_go(&group, work, &fired);
    goro_once_do(&once, count_call, &fired);
    int failed = goro_group_wait(&group);
    say("primitives %d %d\n", failed, fired);
}

/* Late, most likely: all others then wait for a thread that the runtime has not heard of yet. */
static void *call_in(void *arg) {
    chan(int) c = arg;
    usleep(3000);
    goro_lock_thread();
    chan_send(c, 7);
    goro_unlock_thread();
    return NULL;
}

static void locked(chan(int) c) { call_in(c); }

/* Threads of the program's own, and goroutines that are locked to theirs. */
static void threads(void) {
    pthread_t t;
    chan(int) c = chan_make(int, 0);
    errno = pthread_create(&t, NULL, call_in, c);
    if (errno) give_up("pthread_create");
    go(locked, c);
    int sum = chan_recv(c) + chan_recv(c);
    pthread_join(t, NULL);
    say("threads %d\n", sum);
}

/* -- processes ----------------------------------------------------------------------------------------------------------- */

static void notify(void) {
    chan(int) c = chan_make(int, 1);
    goro_notify(c, SIGUSR1);
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        MUST("kill", kill(getpid(), SIGUSR1));
        sum += chan_recv(c) == SIGUSR1;
    }
    goro_notify_stop(c);
    goro_signal_ignore(SIGUSR1);
    MUST("kill", kill(getpid(), SIGUSR1));
    say("notify %d\n", sum);
}

static void execute(void) {
    int p[2], status = 0;
    char text[16] = "";
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(nap, 1, &wg);
    MUST("pipe", pipe(p));
    pid_t child = (pid_t)MUST("fork", fork());
    if (child == 0) {
        MUST("dup2", REPEAT(dup2(p[1], 1)));
        execl("/bin/echo", "echo", "child", (char *)NULL);
        give_up("execve");
    }
    close(p[1]);
    size_t length = 0;
    ssize_t n;
    while (length < sizeof text - 1 &&
           (n = MUST("goro_read", goro_read(p[0], text + length, sizeof text - 1 - length))) > 0)
        length += (size_t)n;
    MUST("waitpid", REPEAT(waitpid(child, &status, 0)));
    goro_wg_wait(&wg);
    if (status) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
    say("execute %s", text);
}

static void wait_for_ever(chan(int) c) { (void)chan_recv(c); }

static void start_waiters(void) {
    chan(int) c = chan_make(int, 0);
    for (int i = 0; i < 3; i++) go(wait_for_ever, c);
    for (int i = 0; i < 3; i++) goro_yield();
}

static void quit(void) {
    start_waiters();
    MUST("raise", raise(SIGQUIT));
    for (;;) pause();
}

static void panicking(void) {
    start_waiters();
    goro_panic("said by the program");
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } programs[] = {
        {"timers", timers}, {"sockets", sockets},       {"network", network}, {"blocking", blocking},
        {"many", many},     {"processors", processors}, {"threads", threads}, {"primitives", primitives},
        {"notify", notify}, {"execute", execute},       {"quit", quit},       {"panic", panicking},
        {"count", count},   {"crowd", crowd},
    };
    for (size_t i = 0; argc == 2 && i < sizeof programs / sizeof *programs; i++)
        if (strcmp(argv[1], programs[i].name) == 0) {
            programs[i].run();
            return 0;
        }
    fprintf(stderr, "usage: fault_programs NAME\n");
    return 1;
}
