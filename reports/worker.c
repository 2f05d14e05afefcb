/* Workers: starting the program so that it serves schedules, and talking to it.
 *
 * Its output is thrown away unless there is but one schedule, or it is compared: a thousand runs' output tells nobody anything. Its standard
 * input is empty unless it is a file, which each schedule reads from the start. It is a process group of its own: a ^C is
 * for goro-race, which then ends it. */
#include "reports/worker.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX };

/* -- starting ------------------------------------------------------------------------------------------------------ */

static void redirect(int fd, int flags) {
    int null = open("/dev/null", flags);

    if (null >= 0) dup2(null, fd);
    if (null >= 0 && null != fd) close(null);
}

static void connect_streams(enum worker_output output, FILE *kept) {
    struct stat st;

    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode)) redirect(STDIN_FILENO, O_RDONLY);
    if (output == WORKER_SHOWS) return;
    if (kept) dup2(fileno(kept), STDOUT_FILENO);
    else redirect(STDOUT_FILENO, O_WRONLY);
    redirect(STDERR_FILENO, O_WRONLY);
}

static _Noreturn void become(const struct explore *e, int wire, int control, enum worker_output output, FILE *kept,
                             int failure) {
    struct text settings = {0};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    connect_streams(output, kept);
    text_print(&settings, "seed=1:virtual=1:serve=%d", control);
    if (option(e->options, HTML).given) text_put(&settings, ":trace=2");
    if (option(e->options, HALT_ON_ERROR).given) text_put(&settings, ":halt=1");
    launch_environment(wire, settings.data);
    setenv("LD_BIND_NOW", "1", 1); /* once, not in each schedule */
    fcntl(wire, F_SETFD, 0);
    fcntl(control, F_SETFD, 0);
    launch_fix_addresses();
    launch_become(e->path, e->argv, failure);
}

/* All schedules append: each finds it empty. */
static FILE *keep_output(void) {
    FILE *f = tmpfile();

    if (!f) give_up(EXIT_MISUSE, "cannot make a temporary file: %s", strerror(errno));
    fcntl(fileno(f), F_SETFL, O_RDWR | O_APPEND);
    fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
    return f;
}

void worker_take_output(struct worker *w, struct text *t) {
    enum { KEPT_MAX = 16 << 20 };
    struct stat st;

    if (!w->output || fstat(fileno(w->output), &st) != 0 || !st.st_size) return;
    t->size = (size_t)(st.st_size < KEPT_MAX ? st.st_size : KEPT_MAX);
    t->data = memory_new(t->size + 1);
    for (ssize_t n = 1; n > 0 && t->length<t->size; t->length += n> 0 ? (size_t)n : 0)
        n = pread(fileno(w->output), t->data + t->length, t->size - t->length, (off_t)t->length);
    if (ftruncate(fileno(w->output), 0) != 0) complain("cannot empty a temporary file: %s", strerror(errno));
}

int worker_start(struct worker *w, const struct explore *e, enum worker_output output) {
    int wires[2], controls[2], failure[2];

    *w = (struct worker){.was_ready = w->was_ready, .notes = w->notes};
    if (output == WORKER_KEEPS) w->output = keep_output();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wires) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, controls) != 0)
        give_up(EXIT_MISUSE, "socketpair failed: %s", strerror(errno));
    w->wire = wires[0];
    w->control = controls[0];
    wires[1] = launch_move_high(wires[1]);
    controls[1] = launch_move_high(controls[1]);
    launch_failure_open(failure);
    w->server = fork();
    if (w->server < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (w->server == 0) become(e, wires[1], controls[1], output, w->output, failure[1]);
    close(wires[1]);
    close(controls[1]);
    return launch_failure(failure);
}

static int64_t clock_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- talking ------------------------------------------------------------------------------------------------------- */

void worker_ask(struct worker *w, const struct wire_schedule *s, const struct wire_decision *list,
                const struct marks *marks, const struct dfs_order *order) {
    struct wire_schedule asked = *s;
    static const struct dfs_order none;
    const struct dfs_order *o = order ? order : &none;
    size_t mark_count = marks->count - w->marks_told;
    struct iovec parts[] = {{&asked, sizeof asked},
                            {(void *)list, s->decisions * sizeof *list},
                            {(void *)o->sleep, o->sleep_count * sizeof *o->sleep},
                            {(void *)(marks->list + w->marks_told), mark_count * sizeof *marks->list},
                            {(void *)o->choices, o->choice_count}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = array_length(parts)};

    asked.sleep_count = (uint32_t)o->sleep_count;
    asked.choice_count = (uint32_t)o->choice_count;
    asked.mark_count = (uint32_t)mark_count;
    asked.number = ++w->asked;
    w->marks_told = marks->count;
    if (!w->kept) w->pid = 0;
    w->begun = w->looked_at = clock_ms();
    if (sendmsg(w->control, &packet, MSG_NOSIGNAL) < 0) w->ready = false; /* that it is gone is heard next */
}

static void take_notes(struct wire_notes *notes, int64_t overflow, const void *list, size_t n) {
    notes->overflow = overflow != 0;
    notes->count = (uint32_t)(n / sizeof *notes->list);
    memcpy(notes->list, list, notes->count * sizeof *notes->list);
}

enum worker_news worker_hear(struct worker *w, struct wire_answer *a) {
    static struct {
        struct wire_answer answer;
        struct wire_decision list[WIRE_DECISIONS_MAX];
    } packet;
    ssize_t n;

    do n = recv(w->control, &packet, sizeof packet, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof *a) return WORKER_GONE;
    *a = packet.answer;
    if (a->number != w->asked) return WORKER_REPEATS;
    if (a->kind == WIRE_ANSWER_BEGUN) w->pid = (pid_t)a->value;
    if (a->kind == WIRE_ANSWER_NOTES && w->notes) take_notes(w->notes, a->value, packet.list, (size_t)n - sizeof *a);
    if (a->kind == WIRE_ANSWER_ENDED || a->kind == WIRE_ANSWER_KEPT) w->kept = a->kind == WIRE_ANSWER_KEPT && !w->killed;
    return WORKER_HEARD;
}

/* Calls that a handler ends early, whatever it asks for: the program would see that. */
static bool is_ended_early(long call, unsigned long time_limit) {
    static const long calls[] = {SYS_nanosleep,    SYS_clock_nanosleep, SYS_epoll_pwait,    SYS_pselect6,
                                 SYS_ppoll,        SYS_semop,           SYS_semtimedop,     SYS_msgrcv,
                                 SYS_msgsnd,       SYS_rt_sigtimedwait, SYS_rt_sigsuspend,  SYS_io_getevents,
#ifdef SYS_poll
                                 SYS_poll,         SYS_select,          SYS_epoll_wait,     SYS_pause,
#endif
    };

    if (call == SYS_futex) return time_limit != 0;
    for (size_t i = 0; i < array_length(calls); i++)
        if (calls[i] == call) return true;
    return false;
}

enum sleep_kind { SLEEPS_NOT, SLEEPS, SLEEPS_TOUCHY /* in a call that a signal ends early, or perhaps */ };

static bool read_proc(pid_t pid, const char *file, char *text, size_t size) {
    char path[64];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    f = fopen(path, "re");
    if (!f) return false;
    n = fread(text, 1, size - 1, f);
    text[n] = 0;
    fclose(f);
    return n > 0;
}

static enum sleep_kind sleep_of(pid_t pid, bool *alone) {
    char text[1024], *state;
    unsigned long a[6];
    long call, threads = 0;

    if (!read_proc(pid, "stat", text, sizeof text) || !(state = strrchr(text, ')'))) return SLEEPS_NOT;
    *alone = sscanf(state + 1, " %*c%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s %ld", &threads) != 1 || threads == 1;
    if (state[1] != ' ' || state[2] != 'S') return SLEEPS_NOT;
    if (!read_proc(pid, "syscall", text, sizeof text)) return SLEEPS_TOUCHY;
    if (sscanf(text, "%ld %lx %lx %lx %lx", &call, &a[0], &a[1], &a[2], &a[3]) != 5) return SLEEPS_NOT;
    return is_ended_early(call, a[3]) ? SLEEPS_TOUCHY : SLEEPS;
}

/* Too early costs a short schedule its time; what must not be ended early may end by itself. */
void worker_look(struct worker *w, int64_t now_ms) {
    enum { FIRST_MS = 5, AGAIN_MS = 3, TOUCHY_MS = 1000 };
    bool alone = true;
    enum sleep_kind kind;

    if (!w->pid || !w->looked_at || now_ms < w->begun + FIRST_MS || now_ms < w->looked_at + AGAIN_MS) return;
    w->looked_at = now_ms;
    kind = sleep_of(w->pid, &alone);
    if (!alone) w->looked_at = 0;
    if (!alone || kind == SLEEPS_NOT || (kind == SLEEPS_TOUCHY && now_ms < w->begun + TOUCHY_MS)) return;
    if (launch_catches(w->pid, WIRE_WATCH_SIGNAL)) kill(w->pid, WIRE_WATCH_SIGNAL);
}

void worker_take_records(struct worker *w, struct schedule *s) {
    static uint8_t packet[PACKET_MAX];

    for (;;) {
        ssize_t n = recv(w->wire, packet, sizeof packet, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        schedule_take(s, packet, (size_t)n);
    }
}

int worker_end(struct worker *w) {
    int status = 0;

    if (w->control < 0) return 0;
    if (w->pid && w->schedule) kill(-w->pid, SIGKILL);
    kill(w->server, SIGKILL);
    while (waitpid(w->server, &status, 0) < 0 && errno == EINTR) {}
    if (w->schedule) worker_take_records(w, w->schedule);
    close(w->control);
    close(w->wire);
    if (w->output) fclose(w->output);
    w->output = NULL;
    w->control = w->wire = -1;
    w->ready = false;
    return status;
}
