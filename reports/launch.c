/* The launcher: a program between the shell and the program under test that neither of them should notice.
 *
 * Always true
 *  1. The program has our stdin, stdout, stderr, directory, process group, signal mask and ignored signals; its
 *     environment has GORO_RACE_FD and GORO_RACE_OPTIONS besides.
 *  2. A signal sent to us by a process is sent on. One the terminal sent went to the whole foreground group, the
 *     program included, and is not: twice ^C would not be what the user typed.
 *  3. We stop when the program is stopped by SIGSTOP, and so stand in the shell's job list as it does; ^Z and the
 *     terminal's other stops reach both of us.
 *  4. Listening ends: when the last copy of the descriptor is closed; when the program has ended and no process is left
 *     that may still send (holders.h); STRANGER_MS after the program's end if only strangers hold the descriptor,
 *     GRACE_MS in any case: a daemon keeps it for good, and is not waited for.
 *
 * Not done: a process group or session of its own for the program: it would lose the terminal. A subreaper, so as to
 * wait for orphans: programs that ask whether their parent is 1 would change. */
#include "reports/launch.h"
#include "reports/holders.h"
#include "reports/memory.h"
#include "reports/program.h"
#include "reports/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE_MS = 2000,
    STRANGER_MS = 200,
    KILL_MS = 2000,
    PICTURE_MS = 1500,
    SILENCE_MS = 3000,
    PACKET_MAX = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX
};

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT};

static int64_t now_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- starting ------------------------------------------------------------------------------------------------------ */

int launch_move_high(int fd) {
    static const int floors[] = {1000, 200, 10};

    for (size_t i = 0; i < array_length(floors); i++) {
        int high = fcntl(fd, F_DUPFD_CLOEXEC, floors[i]);
        if (high < 0) continue;
        close(fd);
        return high;
    }
    return fd;
}

void launch_environment(int fd, const char *settings) {
    const char *before = getenv("GORO_RACE_OPTIONS");
    struct text t = {0};

    text_print(&t, "%s%s%s", before ? before : "", before && *before && *settings ? ":" : "", settings);
    setenv("GORO_RACE_OPTIONS", t.data, 1);
    t.length = 0;
    text_print(&t, "%d", fd);
    setenv("GORO_RACE_FD", t.data, 1);
    text_free(&t);
}

struct session {
    struct launch *l;
    pid_t pid;
    int wire, signals;
    ino_t inode;                        /* of the program's end */
    sigset_t mask;                      /* as it was given to us */
    struct sigaction on_child, on_pipe; /* likewise */
    bool ended, closed;
    int64_t started, ended_at, told_to_end, killed_at; /* ms; 0: not yet */
    bool told_silence;
    bool asked;        /* time is up, and a picture was asked for */
    uint64_t pictures; /* that had come before */
    uint8_t packet[PACKET_MAX];
};

void launch_fix_addresses(void) {
    int old = personality(0xffffffff);

    if (old != -1) personality((unsigned)old | ADDR_NO_RANDOMIZE);
}

void launch_failure_open(int failure[2]) {
    if (pipe2(failure, O_CLOEXEC) != 0) give_up(EXIT_MISUSE, "pipe failed: %s", strerror(errno));
}

_Noreturn void launch_become(const char *path, char **argv, int failure) {
    int error;

    execv(path, argv);
    error = errno;
    if (write(failure, &error, sizeof error) < 0) { /* the exit status still says it */
    }
    _exit(EXIT_CANNOT_RUN);
}

int launch_failure(const int failure[2]) {
    int error = 0;
    ssize_t n;

    close(failure[1]);
    do n = read(failure[0], &error, sizeof error);
    while (n < 0 && errno == EINTR);
    close(failure[0]);
    return n == sizeof error ? error : 0;
}

static _Noreturn void become(const struct session *s, int wire, int failure) {
    launch_environment(wire, s->l->settings);
    fcntl(wire, F_SETFD, 0);
    sigaction(SIGCHLD, &s->on_child, NULL);
    sigaction(SIGPIPE, &s->on_pipe, NULL);
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    if (s->l->same_addresses) launch_fix_addresses();
    launch_become(s->l->path, s->l->argv, failure);
}

static void take_signals(struct session *s) {
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    for (size_t i = 0; i < array_length(passed_on); i++) {
        struct sigaction old;
        sigaction(passed_on[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) sigaddset(&set, passed_on[i]); /* nohup and the like stay in force */
    }
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &s->on_child); /* ignored, it gives no status */
    /* A reader of our report who has seen enough (| head) must not leave the program without its launcher. */
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, &s->on_pipe);
    sigprocmask(SIG_BLOCK, &set, &s->mask);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signals < 0) give_up(EXIT_MISUSE, "signalfd failed: %s", strerror(errno));
}

static void start(struct session *s) {
    int wires[2], failure[2], error;
    struct stat st;

    take_signals(s);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wires) != 0)
        give_up(EXIT_MISUSE, "socketpair failed: %s", strerror(errno));
    launch_failure_open(failure);
    s->wire = wires[0];
    wires[1] = launch_move_high(wires[1]);
    if (fstat(wires[1], &st) == 0) s->inode = st.st_ino;
    s->pid = fork();
    if (s->pid < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (s->pid == 0) become(s, wires[1], failure[1]);
    close(wires[1]);
    error = launch_failure(failure);
    if (error) program_cannot_run(s->l->path, error);
    s->started = now_ms();
}

/* -- listening ----------------------------------------------------------------------------------------------------- */

/* Takes the packets that have arrived, at most `most`; sets closed at the end of the stream.
 *
 * An empty packet, which anybody may send, looks as the end does. The end repeats itself for ever; a socket's buffer
 * holds fewer empty packets than EMPTY_MAX (277 with the system's default size). */
static void take_packets(struct session *s, int most) {
    enum { EMPTY_MAX = 2000 };

    for (int empty = 0; most > 0 || empty; most--) {
        ssize_t n = recv(s->wire, s->packet, sizeof s->packet, MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            if (errno != EAGAIN) s->closed = true;
            s->l->input->damaged += (uint64_t)empty;
            return;
        }
        if (n == 0) {
            if (++empty < EMPTY_MAX) continue;
            s->closed = true;
            return;
        }
        s->l->input->damaged += (uint64_t)empty;
        empty = 0;
        if ((size_t)n > sizeof s->packet) n = 1; /* cut: let the checks refuse it */
        wire_input_packet(s->l->input, s->packet, (size_t)n);
    }
}

static void reap(struct session *s) {
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
        if (pid != s->pid) continue;
        if (WIFSTOPPED(status)) {
            if (WSTOPSIG(status) == SIGSTOP) kill(getpid(), SIGSTOP);
            continue;
        }
        s->l->status = status;
        s->ended = true;
        s->ended_at = now_ms();
    }
}

static void take_signal(struct session *s, const struct signalfd_siginfo *i) {
    if (i->ssi_signo == SIGCHLD) {
        reap(s);
    } else if (s->ended) { /* the program is gone: whoever sent this wants us to end */
        s->closed = true;
    } else if (i->ssi_code != SI_KERNEL) {
        kill(s->pid, (int)i->ssi_signo);
    }
}

static void take_all_signals(struct session *s) {
    struct signalfd_siginfo i;

    while (read(s->signals, &i, sizeof i) == sizeof i) take_signal(s, &i);
}

bool launch_catches(pid_t pid, int sig) {
    char path[64], line[256];
    unsigned long long caught = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "SigCgt: %llx", &caught) == 1) break;
    if (f) fclose(f);
    return caught >> (sig - 1) & 1;
}

static void send_both(struct session *s, int sig) {
    kill(s->pid, sig);
    kill(s->pid, SIGCONT);
}

/* Its time is up (left <= 0): first it shows what all its goroutines do, then it is told to end, then it is killed. Returns
 * how long until the next step (at most 0: none). */
static int64_t end_in_time(struct session *s, int64_t left) {
    struct launch *l = s->l;

    if (left <= 0 && !l->timed_out) {
        l->timed_out = true;
        s->pictures = l->input->pictures;
        s->asked = l->input->newest && launch_catches(s->pid, WIRE_PICTURE_SIGNAL);
        if (s->asked) send_both(s, WIRE_PICTURE_SIGNAL);
    }
    if (left <= 0 && s->asked && s->pictures == l->input->pictures) left += PICTURE_MS;
    if (left <= 0 && !s->told_to_end) {
        s->told_to_end = now_ms();
        send_both(s, SIGTERM);
    }
    if (s->told_to_end) left = s->told_to_end + KILL_MS - now_ms();
    if (s->told_to_end && left <= 0 && !s->killed_at) {
        s->killed_at = now_ms();
        kill(s->pid, SIGKILL);
    }
    return left;
}

/* Deadlines that have passed; returns how long until the next (-1: none). */
static int keep_deadlines(struct session *s) {
    struct launch *l = s->l;
    int64_t age = now_ms() - s->started, next = -1;

    if (!s->told_silence && !l->input->newest) {
        if (age >= SILENCE_MS || s->ended) {
            s->told_silence = true;
            if (l->silent) l->silent(l->arg);
        } else {
            next = SILENCE_MS - age;
        }
    }
    if (l->timeout_ms && !s->ended) {
        int64_t left = end_in_time(s, (int64_t)l->timeout_ms - age);
        if (left > 0 && (next < 0 || left < next)) next = left;
    }
    return next < 0 ? -1 : next > 60000 ? 60000 : (int)next + 1;
}

/* Nothing is in the socket now: may something still come? Sleeps a little if so. */
static bool wait_for_senders(struct session *s) {
    int64_t since = now_ms() - s->ended_at;
    struct holders h = holders_count(s->l->input, s->inode);

    s->l->left_behind = h.senders;
    if (!h.senders && (!h.strangers || since >= STRANGER_MS)) {
        take_packets(s, 1 << 20); /* sent between the two looks */
        return false;
    }
    if (since >= GRACE_MS) return false;
    poll(&(struct pollfd){.fd = s->wire, .events = POLLIN}, 1, 10);
    return true;
}

/* The program has ended: what is in the socket counts, and so does what its children send for a while. */
static void drain(struct session *s) {
    struct pollfd polled[2] = {{.fd = s->wire, .events = POLLIN}, {.fd = s->signals, .events = POLLIN}};

    while (!s->closed) {
        int n = poll(polled, 2, 0);
        if (n > 0 && polled[1].revents) take_all_signals(s);
        if (n > 0 && polled[0].revents) take_packets(s, 64);
        else if (!wait_for_senders(s)) return;
        if (now_ms() - s->ended_at > 2 * GRACE_MS) return; /* somebody sends without end */
    }
}

void launch_run(struct launch *l) {
    struct session *s = memory_new(sizeof *s);

    s->l = l;
    start(s);
    while (!s->ended) {
        struct pollfd polled[2] = {{.fd = s->signals, .events = POLLIN}, {.fd = s->wire, .events = POLLIN}};
        int n = poll(polled, s->closed ? 1 : 2, keep_deadlines(s));
        if (n < 0 && errno != EINTR) give_up(EXIT_MISUSE, "poll failed: %s", strerror(errno));
        if (n <= 0) continue;
        if (!s->closed && polled[1].revents) take_packets(s, 64);
        if (polled[0].revents) take_all_signals(s);
    }
    progress_begin("waiting for other processes of", l->path);
    drain(s);
    progress_end();
    keep_deadlines(s);
    close(s->wire);
    close(s->signals);
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    free(s);
}

int launch_helper(const char *path, char **argv) {
    struct session s = {0};
    int failure[2], status = 0, error;

    take_signals(&s);
    launch_failure_open(failure);
    s.pid = fork();
    if (s.pid < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (s.pid == 0) {
        sigaction(SIGCHLD, &s.on_child, NULL);
        sigaction(SIGPIPE, &s.on_pipe, NULL);
        sigprocmask(SIG_SETMASK, &s.mask, NULL);
        launch_become(path, argv, failure[1]);
    }
    error = launch_failure(failure);
    while (waitpid(s.pid, &status, 0) < 0 && errno == EINTR) {}
    for (struct signalfd_siginfo i; read(s.signals, &i, sizeof i) == sizeof i;)
        if (i.ssi_signo != SIGCHLD && i.ssi_signo != SIGCONT && !error)
            status = (int)i.ssi_signo; /* as if it had died of it */
    close(s.signals);
    sigprocmask(SIG_SETMASK, &s.mask, NULL);
    return error ? -1 - error : status;
}
