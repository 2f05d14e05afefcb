/* Workers: starting the program so that it serves schedules, and talking to it.
 *
 * Its output is thrown away unless there is but one schedule: a thousand runs' output tells nobody anything. Its standard
 * input is empty unless it is a file, which each schedule reads from the start. It is a process group of its own: a ^C is
 * for goro-race, which then ends it. */
#include "reports/worker.h"
#include "reports/launch.h"
#include "reports/memory.h"
#include "reports/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PACKET_MAX = sizeof(struct wire_header) + WIRE_PAYLOAD_MAX };

/* -- starting ------------------------------------------------------------------------------------------------------ */

static void redirect(int fd, int flags) {
    int null = open("/dev/null", flags);

    if (null >= 0) dup2(null, fd);
    if (null >= 0 && null != fd) close(null);
}

static void connect_streams(bool shown) {
    struct stat st;

    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode)) redirect(STDIN_FILENO, O_RDONLY);
    if (shown) return;
    redirect(STDOUT_FILENO, O_WRONLY);
    redirect(STDERR_FILENO, O_WRONLY);
}

static _Noreturn void become(const struct explore *e, int wire, int control, bool shown) {
    struct text settings = {0};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    connect_streams(shown);
    text_print(&settings, "seed=1:virtual=1:serve=%d", control);
    if (option(e->options, HTML).given) text_put(&settings, ":trace=2");
    if (option(e->options, HALT_ON_ERROR).given) text_put(&settings, ":halt=1");
    launch_environment(wire, settings.data);
    setenv("LD_BIND_NOW", "1", 1); /* once, not in each schedule */
    fcntl(wire, F_SETFD, 0);
    fcntl(control, F_SETFD, 0);
    launch_fix_addresses();
    execv(e->path, e->argv);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

void worker_start(struct worker *w, const struct explore *e, bool shown) {
    int wires[2], controls[2];

    *w = (struct worker){.was_ready = w->was_ready, .notes = w->notes};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wires) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, controls) != 0)
        give_up(EXIT_MISUSE, "socketpair failed: %s", strerror(errno));
    w->wire = wires[0];
    w->control = controls[0];
    wires[1] = launch_move_high(wires[1]);
    controls[1] = launch_move_high(controls[1]);
    w->server = fork();
    if (w->server < 0) give_up(EXIT_MISUSE, "fork failed: %s", strerror(errno));
    if (w->server == 0) become(e, wires[1], controls[1], shown);
    close(wires[1]);
    close(controls[1]);
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
    w->marks_told = marks->count;
    w->pid = 0;
    if (sendmsg(w->control, &packet, MSG_NOSIGNAL) < 0) w->ready = false; /* that it is gone is heard next */
}

static void take_notes(struct wire_notes *notes, int64_t overflow, const void *list, size_t n) {
    notes->overflow = overflow != 0;
    notes->count = (uint32_t)(n / sizeof *notes->list);
    memcpy(notes->list, list, notes->count * sizeof *notes->list);
}

bool worker_hear(struct worker *w, struct wire_answer *a) {
    static struct {
        struct wire_answer answer;
        struct wire_decision list[WIRE_DECISIONS_MAX];
    } packet;
    ssize_t n;

    do n = recv(w->control, &packet, sizeof packet, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof *a) return false;
    *a = packet.answer;
    if (a->kind == WIRE_ANSWER_NOTES && w->notes) take_notes(w->notes, a->value, packet.list, (size_t)n - sizeof *a);
    return true;
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
    w->control = w->wire = -1;
    w->ready = false;
    return status;
}
