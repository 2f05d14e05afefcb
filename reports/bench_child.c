/* Running the program once: its time, its CPU time, its memory, and the number it prints.
 *
 * Always true
 *  1. The program's pipes are read until it has ended and they are empty, so that it never waits for us; what a process
 *     that it left behind might still write is not waited for.
 *  2. Signals come in only while ppoll waits: no wake-up is lost between a look at a flag and the wait.
 *  3. Whatever the program has started is in its process group, and is killed before the group's number can be given to
 *     another.
 *
 * Not done: output into a file in memory instead of a pipe, which would spare waking us: what is measured writes little,
 * and a file grows without end. */
#include "reports/bench_child.h"
#include "reports/program.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

/* -- signals ------------------------------------------------------------------------------------------------------------ */

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t received;
static sigset_t given_mask, waiting_mask; /* the program's, and ours in ppoll */

static void note_signal(int signo) {
    if (signo != SIGCHLD) received = signo;
}

void bench_child_take_signals(void) {
    struct sigaction act = {.sa_handler = note_signal}, old;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaction(SIGCHLD, &act, NULL);
    for (size_t i = 0; i < array_length(ending); i++) {
        sigaction(ending[i], NULL, &old);
        if (old.sa_handler == SIG_IGN) continue; /* nohup and the like stay in force */
        sigaction(ending[i], &act, NULL);
        sigaddset(&set, ending[i]);
    }
    sigprocmask(SIG_BLOCK, &set, &given_mask);
    waiting_mask = given_mask;
    for (int signo = 1; signo < SIGRTMIN; signo++)
        if (sigismember(&set, signo)) sigdelset(&waiting_mask, signo);
}

int bench_child_signal(void) {
    sigset_t pending;

    if (received || sigpending(&pending) != 0) return received;
    for (size_t i = 0; i < array_length(ending); i++)
        if (sigismember(&pending, ending[i])) return ending[i];
    return 0;
}

/* -- the metric --------------------------------------------------------------------------------------------------------- */

/* A number stands by itself or before a unit: 12.5 and 12.5ms, but not the 2 of P2. */
bool bench_metric_read(const char *line, const char *prefix, double *v) {
    const char *start, *at;
    bool found = false;

    line += strspn(line, " \t");
    if (strncmp(line, prefix, strlen(prefix)) != 0) return false;
    start = at = line + strlen(prefix);
    while (*at) {
        bool sign = (*at == '-' || *at == '+') && (at == start || isspace((unsigned char)at[-1]));
        bool inside = at > line && (isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '.');
        char *end;
        if (inside ||
            !(isdigit((unsigned char)at[sign]) || (at[sign] == '.' && isdigit((unsigned char)at[sign + 1])))) {
            at++;
            continue;
        }
        *v = strtod(at, &end);
        found = true;
        at = end;
    }
    return found;
}

/* -- output ------------------------------------------------------------------------------------------------------------- */

/* One of the program's two streams. */
struct stream {
    int fd, ours; /* read end, -1: not read; where it is passed on to */
    bool show;
    struct text line;
    void (*take)(struct bench_child *c, const char *line);
};

static void take_output(struct bench_child *c, const char *line) {
    if (bench_metric_read(line, c->metric, &c->sample.value[BENCH_METRIC])) c->outcome = BENCH_RAN;
}

static void take_error(struct bench_child *c, const char *line) {
    if (!line[strspn(line, " \t\r")]) return;
    c->said.length = 0;
    text_put(&c->said, line);
}

static void take_bytes(struct bench_child *c, struct stream *s, const char *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n' || s->line.length == LINE_MAX_BYTES) {
            if (s->line.length) s->take(c, s->line.data);
            s->line.length = 0;
        }
        if (bytes[i] != '\n' && bytes[i]) text_char(&s->line, bytes[i]);
    }
}

static void pass_on(const struct stream *s, const char *bytes, size_t n) {
    while (s->show && n) {
        ssize_t wrote = write(s->ours, bytes, n);
        if (wrote < 0 && errno != EINTR) return; /* nobody left to read */
        if (wrote > 0) bytes += wrote, n -= (size_t)wrote;
    }
}

/* Takes what is there, if it is no endless lot; closes at the end. */
static void drain(struct bench_child *c, struct stream *s) {
    enum { READS_MAX = 64 };
    char bytes[16384];

    for (int i = 0; s->fd >= 0 && i < READS_MAX; i++) {
        ssize_t n = read(s->fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return;
        pass_on(s, bytes, (size_t)n);
        take_bytes(c, s, bytes, (size_t)n);
        if (n > 0) continue;
        close(s->fd);
        s->fd = -1;
    }
}

static void finish(struct bench_child *c, struct stream *s) {
    drain(c, s);
    if (s->fd >= 0) close(s->fd);
    if (s->line.length) s->take(c, s->line.data);
    text_free(&s->line);
}

/* -- starting ----------------------------------------------------------------------------------------------------------- */

static double now_s(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void set_input(void) {
    struct stat st;
    bool file = fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode);
    int fd = open(file ? "/proc/self/fd/0" : "/dev/null", O_RDONLY);

    if (fd > 0) dup2(fd, STDIN_FILENO), close(fd);
}

static void set_output(int fd, int from) {
    int null = -1;

    if (from < 0) from = null = open("/dev/null", O_WRONLY);
    if (from >= 0) dup2(from, fd);
    if (null >= 0) close(null);
}

/* In the child: becomes the program, or sends errno through `failure`. */
static _Noreturn void become(const struct bench_child *c, int out, int err, int failure) {
    int error;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    set_input();
    if (!c->show || c->metric) set_output(STDOUT_FILENO, out);
    set_output(STDERR_FILENO, err);
    for (size_t i = 0; i < array_length(c->name); i++)
        if (c->name[i]) setenv(c->name[i], c->value[i], 1);
    sigprocmask(SIG_SETMASK, &given_mask, NULL);
    execv(c->path, c->argv);
    error = errno;
    if (write(failure, &error, sizeof error) < 0) { /* the exit status still says it */
    }
    _exit(EXIT_CANNOT_RUN);
}

static void make_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) give_up(EXIT_MISUSE, "pipe failed: %s", strerror(errno));
}

/* The read end becomes the stream's; returns the write end. */
static int open_stream(struct stream *s) {
    int ends[2];

    make_pipe(ends);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    s->fd = ends[0];
    return ends[1];
}

static pid_t start(const struct bench_child *c, struct stream *out, struct stream *err) {
    int failure[2], error = 0, out_end = c->metric ? open_stream(out) : -1, err_end = open_stream(err);
    ssize_t n;
    pid_t pid;

    make_pipe(failure);
    pid = fork();
    if (pid < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (pid == 0) become(c, out_end, err_end, failure[1]);
    setpgid(pid, pid); /* whoever of us comes first */
    close(failure[1]);
    close(err_end);
    if (out_end >= 0) close(out_end);
    do n = read(failure[0], &error, sizeof error);
    while (n < 0 && errno == EINTR);
    close(failure[0]);
    if (n == sizeof error) program_cannot_run(c->path, error);
    return pid;
}

/* -- waiting ------------------------------------------------------------------------------------------------------------ */

static bool has_ended(pid_t pid) {
    siginfo_t i = {0};

    return waitid(P_PID, (id_t)pid, &i, WEXITED | WNOHANG | WNOWAIT) == 0 && i.si_pid == pid;
}

static bool is_late(const struct bench_child *c, double since) {
    return c->timeout_ms && (now_s() - since) * 1000 >= (double)c->timeout_ms;
}

/* Until the next thing happens. A closed stream's -1 is passed over by ppoll. */
static void wait_a_while(const struct bench_child *c, const struct stream *out, const struct stream *err,
                         double since) {
    struct pollfd polled[2] = {{.fd = out->fd, .events = POLLIN}, {.fd = err->fd, .events = POLLIN}};
    double left = since + (double)c->timeout_ms / 1000 - now_s();
    struct timespec t = {0};

    if (left > 0) t = (struct timespec){.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
    ppoll(polled, 2, c->timeout_ms ? &t : NULL, &waiting_mask);
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

/* Fills what the kernel knows of the run. */
static void reap(struct bench_child *c, pid_t pid) {
    struct rusage used = {0};
    int status = 0;

    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {}
    c->sample.value[BENCH_CPU] = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    c->sample.value[BENCH_MEMORY] = (double)used.ru_maxrss * 1024;
    if (c->outcome == BENCH_TIMED_OUT || c->outcome == BENCH_INTERRUPTED) return;
    if (WIFSIGNALED(status)) c->outcome = BENCH_SIGNALLED, c->status = WTERMSIG(status);
    else if (WEXITSTATUS(status)) c->outcome = BENCH_EXITED, c->status = WEXITSTATUS(status);
}

void bench_child_run(struct bench_child *c) {
    struct stream out = {.fd = -1, .ours = STDOUT_FILENO, .show = c->show, .take = take_output};
    struct stream err = {.fd = -1, .ours = STDERR_FILENO, .show = c->show, .take = take_error};
    double since = now_s();
    pid_t pid = start(c, &out, &err);

    c->outcome = c->metric ? BENCH_NO_METRIC : BENCH_RAN;
    while (!has_ended(pid)) {
        bool late = is_late(c, since);
        if (late || bench_child_signal()) {
            c->outcome = late ? BENCH_TIMED_OUT : BENCH_INTERRUPTED;
            kill(-pid, SIGKILL);
            while (!has_ended(pid)) ppoll(NULL, 0, NULL, &waiting_mask);
            break;
        }
        wait_a_while(c, &out, &err, since);
        drain(c, &out);
        drain(c, &err);
    }
    c->sample.value[BENCH_TIME] = now_s() - since;
    kill(-pid, SIGKILL); /* what is left of its group: the zombie still holds the number */
    finish(c, &out);
    finish(c, &err);
    reap(c, pid);
}
