/* Failing system calls from outside of the program, by seccomp's user notification: the kernel asks us about each use of
 * the call, and we say that it is to go on or what it returns. Nothing is changed in the program: no handler, no stack, no
 * signal mask, no library; its threads, its goroutines and the children it forks are all alike.
 *
 * Always true
 *  1. A use is counted once, when the kernel asks; one that a signal has ended before that is made again.
 *  2. Only uses of the program itself count, from prctl(INJECT_BEGIN) on: not its loader's, not those of another program
 *     that a child of it has become.
 *
 * Threads: one. Not done: a filter that sends SIGSYS to a handler in the program (it wants room on every stack, must be
 * kept out of every signal mask, and kills whatever the program executes); ptrace, which changes what waitpid and signals do;
 * strace's own injection, which counts each thread by itself. */
#include "tests/faults/inject.h"
#include "tests/runner/words.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum {
    CONTROL = 1000, /* the child's descriptor to tell us the listener by; no program gets that far */
    FUTEX_OPERATION = 127,
    FUTEX_WAIT_ = 0,
    FUTEX_WAIT_BITSET_ = 9,
    MOST_STEPS = 32,
};

/* -- the filter: in the child, which becomes the program ----------------------------------------------------------------- */

struct filter {
    struct sock_filter steps[MOST_STEPS];
    unsigned short n;
};

static void add(struct filter *f, struct sock_filter step) { f->steps[f->n++] = step; }

static void add_load(struct filter *f, size_t offset) {
    add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void add_return(struct filter *f, uint32_t what) { add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what)); }

/* The next `n` steps are for this value only. */
static void add_if(struct filter *f, long value, uint8_t n) {
    add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)value, 0, n));
}

static void add_call_with(struct filter *f, long number, uint32_t first_argument, uint32_t what) {
    add_if(f, number, 4);
    add_load(f, offsetof(struct seccomp_data, args[0]));
    add_if(f, first_argument, 1);
    add_return(f, what);
    add_load(f, offsetof(struct seccomp_data, nr));
}

static int filter_install(const struct injection *i) {
    struct filter f = {.n = 0};
    add_load(&f, offsetof(struct seccomp_data, nr));
    add_call_with(&f, SYS_prctl, INJECT_BEGIN, SECCOMP_RET_USER_NOTIF);
    add_call_with(&f, SYS_sendmsg, CONTROL, SECCOMP_RET_ALLOW);
    if (i->missing >= 0) {
        add_if(&f, i->missing, 1);
        add_return(&f, SECCOMP_RET_ERRNO | ENOSYS);
    }
    for (int c = 0; c < INJECT_TOGETHER && i->calls[c] >= 0; c++) {
        add_if(&f, i->calls[c], 1);
        add_return(&f, SECCOMP_RET_USER_NOTIF);
    }
    add_return(&f, i->seen ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
    struct sock_fprog program = {f.n, f.steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    int fd =
        (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fd;
}

/* A message of one byte that carries a descriptor. */
union passing {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
};

static void send_descriptor(int through, int fd) {
    char byte = '!';
    union passing p = {.header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &p, .msg_controllen = sizeof p};
    memcpy(CMSG_DATA(&p.header), &fd, sizeof fd);
    if (sendmsg(through, &m, 0) < 0) _exit(124);
}

static int receive_descriptor(int from) {
    char byte;
    int fd;
    union passing p;
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &p, .msg_controllen = sizeof p};
    if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != 1 || m.msg_controllen < sizeof p.header) return -1;
    memcpy(&fd, CMSG_DATA(&p.header), sizeof fd);
    return fd;
}

/* Nothing but sendmsg may be called between the filter and execve: nobody would answer. */
static _Noreturn void become(const struct injection *i, char **command, int control, int out, int err) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    int in = open("/dev/null", O_RDONLY);
    if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || dup2(control, CONTROL) < 0) _exit(124);
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    if (in > 2) close(in);
    int listener = filter_install(i);
    if (listener < 0) {
        dprintf(2, "seccomp: %s\n", strerror(errno));
        _exit(124);
    }
    send_descriptor(CONTROL, listener);
    close(listener);
    execv(command[0], command);
    _exit(124);
}

/* -- answering ----------------------------------------------------------------------------------------------------------- */

struct run {
    struct injection *injection;
    const char *program;
    int listener;
    bool counting;
};

static bool is_of_program(const struct run *r, unsigned pid) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%u/exe", pid);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return false;
    path[n] = 0;
    return strcmp(path, r->program) == 0;
}

/* Waking somebody in the kernel cannot fail, but sleeping there can; a write to an eventfd cannot, but to others can. */
static bool may_fail(const struct injection *i, const struct seccomp_notif *n) {
    char link[64], path[64] = "";
    unsigned operation = n->data.args[1] & FUTEX_OPERATION;
    if (n->data.nr == SYS_futex) return operation == FUTEX_WAIT_ || operation == FUTEX_WAIT_BITSET_;
    if (n->data.nr != SYS_write || i->error == EINTR) return true;
    snprintf(link, sizeof link, "/proc/%u/fd/%u", n->pid, (unsigned)n->data.args[0]);
    return readlink(link, path, sizeof path - 1) < 0 || !strstr(path, "[eventfd]");
}

static bool counts(const struct run *r, const struct seccomp_notif *n) {
    const struct injection *i = r->injection;
    for (int c = 0; c < INJECT_TOGETHER && i->calls[c] >= 0; c++)
        if (n->data.nr == i->calls[c]) return r->counting && may_fail(i, n) && is_of_program(r, n->pid);
    return false;
}

/* brk says that it has failed by what it returns. */
static void make_fail(const struct injection *i, long number, struct seccomp_notif_resp *answer) {
    answer->flags = 0;
    if (number != SYS_brk) answer->error = -i->error;
}

static void answer(struct run *r) {
    struct injection *i = r->injection;
    struct seccomp_notif n = {0};
    if (ioctl(r->listener, SECCOMP_IOCTL_NOTIF_RECV, &n)) return; /* it has died, or a signal came first */
    struct seccomp_notif_resp a = {.id = n.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    bool begins = n.data.nr == SYS_prctl && (uint32_t)n.data.args[0] == INJECT_BEGIN;
    if (begins) {
        r->counting = true;
    } else if (counts(r, &n)) {
        i->uses++;
        if (i->at && (i->uses == i->at || (i->onwards && i->uses > i->at))) make_fail(i, n.data.nr, &a);
    } else if (i->seen && r->counting && n.data.nr >= 0 && n.data.nr < INJECT_NUMBERS && is_of_program(r, n.pid)) {
        i->seen[n.data.nr] = true;
    }
    ioctl(r->listener, SECCOMP_IOCTL_NOTIF_SEND, &a);
}

static int milliseconds_until(const struct timespec *end) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = (end->tv_sec - now.tv_sec) * INT64_C(1000) + (end->tv_nsec - now.tv_nsec) / 1000000;
    return left > 0 ? (int)left : 0;
}

/* Until the program has ended; false: the time is over. */
static bool serve(struct run *r, int ended, unsigned timeout_s) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += timeout_s;
    for (;;) {
        struct pollfd fds[] = {{.fd = r->listener, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
        if (poll(fds, 2, milliseconds_until(&end)) == 0) return false;
        if (fds[0].revents & POLLIN) answer(r);
        else if (fds[1].revents) return true;
    }
}

/* -- the run ------------------------------------------------------------------------------------------------------------- */

static char *read_whole(int fd) {
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) abort();
    char part[4096];
    ssize_t n;
    for (off_t at = 0; (n = pread(fd, part, sizeof part, at)) > 0; at += n) fwrite(part, 1, (size_t)n, f);
    fclose(f);
    close(fd);
    return text;
}

static void finish(struct injection *i, pid_t child, bool ended) {
    int status = 0;
    i->timed_out = !ended;
    kill(-child, SIGKILL); /* what it may have left behind, or itself */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    i->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool inject_run(struct injection *i, char **command, unsigned timeout_s) {
    char program[PATH_MAX];
    int control[2], out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    if (out < 0 || err < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) ||
        !realpath(command[0], program)) {
        perror(command[0]);
        exit(1);
    }
    fcntl(out, F_SETFL, O_APPEND); /* a memfd has no lock that keeps the writes of two threads apart */
    fcntl(err, F_SETFL, O_APPEND);
    pid_t child = fork();
    if (child == 0) become(i, command, control[1], out, err);
    setpgid(child, child); /* whichever of the two comes first */
    close(control[1]);
    struct run r = {.injection = i, .program = program, .listener = receive_descriptor(control[0])};
    int ended = (int)syscall(SYS_pidfd_open, child, 0);
    bool allowed = r.listener >= 0 && ended >= 0;
    i->uses = 0;
    finish(i, child, !allowed || serve(&r, ended, timeout_s));
    close(control[0]);
    if (r.listener >= 0) close(r.listener);
    if (ended >= 0) close(ended);
    i->out = read_whole(out);
    i->err = read_whole(err);
    if (!allowed) printf("system calls cannot be made to fail here: %s", *i->err ? i->err : "pidfd_open is missing\n");
    return allowed;
}

void inject_free(struct injection *i) {
    free(i->out);
    free(i->err);
}
