/* Opens the way to the reporter, or starts one.
 *
 * The descriptor is moved to a high number and the environment says so to programs that this one executes: a shell
 * script's children report too. A reporter of our own is a grandchild, so that the program never sees it among its
 * children; it reads until the socket's last copy is closed. */
#include "instrument/wire_channel.h"
#include "instrument/front.h"
#include "instrument/modules.h"
#include "detector/wire.h"
#include "runtime/base/fmt.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int descriptor = -1;
static bool is_file;

int channel_descriptor(void) { return descriptor; }

/* Raw system calls: the program's wrappers of these are not for us, and some of them would recurse. */
static long sys_close(int fd) { return syscall(SYS_close, fd); }

/* -- what goro-race has left us ------------------------------------------------------------------------------------------ */

static bool read_descriptor(const char *text, int *fd) {
    long v = 0;
    if (!text || !*text) return false;
    for (; *text >= '0' && *text <= '9' && v < 1 << 20; text++) v = v * 10 + (*text - '0');
    *fd = (int)v;
    return !*text;
}

/* As high as the limit allows without making the kernel's table of descriptors large. */
static int move_high(int fd) {
    struct rlimit limit;
    int wanted = 1000;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1024) wanted = (int)limit.rlim_cur - 8;
    if (fd >= 100 || wanted <= fd) return fd;
    long moved = syscall(SYS_fcntl, fd, F_DUPFD, wanted);
    if (moved < 0) return fd;
    sys_close(fd);
    return (int)moved;
}

static void name_in_environment(int fd) {
    static char text[sizeof WIRE_ENV_FD + 16];
    struct fmt f;
    fmt_init(&f, text, sizeof text);
    fmt_print(&f, "%s=%d", WIRE_ENV_FD, fd);
    putenv(text);
}

void channel_move(void) {
    long flags = syscall(SYS_fcntl, descriptor, F_GETFD);
    long moved = syscall(SYS_fcntl, descriptor, flags & FD_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, descriptor + 1);
    if (moved < 0) return;
    sys_close(descriptor);
    descriptor = (int)moved;
    if (!(flags & FD_CLOEXEC)) name_in_environment(descriptor);
}

enum channel_kind channel_open(void) {
    const char *path = getenv(WIRE_ENV_FILE);
    int fd;
    if (read_descriptor(getenv(WIRE_ENV_FD), &fd) && syscall(SYS_fcntl, fd, F_GETFD) >= 0) {
        descriptor = move_high(fd);
        if (descriptor != fd) name_in_environment(descriptor);
        return CHANNEL_SOCKET;
    }
    if (!path || !*path) return CHANNEL_CLOSED;
    fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) {
        fmt_fd(2, "goro: cannot write findings to '%s' (%s): %s\n", path, WIRE_ENV_FILE, strerrordesc_np(errno));
        return CHANNEL_CLOSED;
    }
    int high = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
    if (high >= 0) sys_close(fd);
    descriptor = high >= 0 ? high : fd;
    is_file = true;
    return CHANNEL_FILE;
}

bool channel_send(const void *record, size_t n) {
    if (descriptor < 0) return false;
    for (;;) {
        long sent = is_file ? syscall(SYS_write, descriptor, record, n)
                            : syscall(SYS_sendto, descriptor, record, n, MSG_NOSIGNAL, NULL, 0);
        if (sent >= 0) return (size_t)sent == n;
        if (errno == EAGAIN) { /* the program has made its copy of the socket non-blocking */
            struct pollfd p = {.fd = descriptor, .events = POLLOUT};
            syscall(SYS_ppoll, &p, 1, NULL, NULL, 0);
        } else if (errno != EINTR) return false;
    }
}

/* -- a reporter of our own --------------------------------------------------------------------------------------------------- */

enum { CANDIDATES_MAX = 24, CANDIDATE_BYTES = 512 };
struct candidates {
    char path[CANDIDATES_MAX][CANDIDATE_BYTES];
    unsigned count;
};

static void add_candidate(struct candidates *c, const char *directory, size_t n, const char *rest) {
    struct fmt f;
    if (c->count == CANDIDATES_MAX || n + strlen(rest) + 1 > CANDIDATE_BYTES) return;
    char *path = c->path[c->count++];
    for (size_t i = 0; i < n; i++) path[i] = directory[i];
    fmt_init(&f, path + n, CANDIDATE_BYTES - n);
    fmt_print(&f, "%s", rest);
}

static void add_list(struct candidates *c, const char *list, const char *rest) {
    while (list && *list) {
        size_t n = strcspn(list, ":");
        if (n) add_candidate(c, list, n, rest);
        list += n + (list[n] == ':');
    }
}

/* goro-cc leaves the library's place in the program's run path, even if goro itself is linked in. */
static int add_run_path(struct dl_phdr_info *info, size_t size, void *arg) {
    const char *strings = NULL, *list = NULL;
    size_t offset = 0;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        for (const ElfW(Dyn) *d = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr); d->d_tag; d++) {
            if (d->d_tag == DT_STRTAB) strings = (const char *)d->d_un.d_ptr;
            if (d->d_tag == DT_RUNPATH || d->d_tag == DT_RPATH) offset = d->d_un.d_val;
        }
    }
    if ((uintptr_t)strings < info->dlpi_addr) strings = (const char *)(info->dlpi_addr + (uintptr_t)strings);
    if (strings && offset) list = strings + offset;
    add_list(arg, list, "/../bin/goro-race");
    return 1;
}

static void find_candidates(struct candidates *c) {
    char program[CANDIDATE_BYTES];
    c->count = 0;
    dl_iterate_phdr(add_run_path, c);
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    while (n > 0 && program[n - 1] != '/') n--;
    if (n > 1) add_candidate(c, program, (size_t)n, "goro-race");
#ifdef GORO_INSTALLED_BIN
    add_candidate(c, GORO_INSTALLED_BIN, strlen(GORO_INSTALLED_BIN), "/goro-race");
#endif
    add_list(c, getenv("PATH"), "/goro-race");
}

/* In the grandchild, which has only system calls: the parent may have been anywhere, in malloc too. */
static _Noreturn void become_reporter(const struct candidates *c, int socket, int failed) {
    char number[16], *argv[] = {(char *)"goro-race", (char *)"--reporter-fd", number, NULL};
    struct fmt f;
    uint64_t none = 0;
    int fd = (int)syscall(SYS_fcntl, socket, F_DUPFD, 100); /* the copy has no close-on-exec */
    fmt_init(&f, number, sizeof number);
    fmt_print(&f, "%d", fd);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
    for (unsigned i = 0; i < c->count; i++) syscall(SYS_execve, c->path[i], argv, environ);
    syscall(SYS_write, failed, "x", 1);
    syscall(SYS_exit_group, 127);
    __builtin_unreachable();
}

static long fork_quietly(void) { return syscall(SYS_clone, 0, NULL, NULL, NULL, NULL); } /* no SIGCHLD at its end */

enum channel_kind channel_start_reporter(void) {
    static struct candidates candidates;
    int pair[2], failed[2];
    char byte;
    if (!front_options.report || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return CHANNEL_RAW;
    if (syscall(SYS_pipe2, failed, O_CLOEXEC) != 0) {
        sys_close(pair[0]);
        sys_close(pair[1]);
        return CHANNEL_RAW;
    }
    find_candidates(&candidates);
    long child = fork_quietly();
    if (child == 0) {
        if (fork_quietly() == 0) become_reporter(&candidates, pair[1], failed[1]);
        syscall(SYS_exit_group, 0);
    }
    sys_close(pair[1]);
    sys_close(failed[1]);
    if (child > 0) syscall(SYS_wait4, child, NULL, __WALL, NULL);
    bool started = child > 0 && syscall(SYS_read, failed[0], &byte, 1) == 0;
    sys_close(failed[0]);
    if (!started) {
        sys_close(pair[0]);
        return CHANNEL_RAW;
    }
    descriptor = (int)syscall(SYS_fcntl, pair[0], F_DUPFD_CLOEXEC, 900);
    if (descriptor < 0) descriptor = pair[0];
    else sys_close(pair[0]);
    return CHANNEL_REPORTER;
}

void channel_wait(void) {
    char byte;
    struct timespec patience = {.tv_sec = 60};
    struct pollfd p = {.fd = descriptor, .events = POLLIN};
    syscall(SYS_shutdown, descriptor, SHUT_WR);
    while (syscall(SYS_ppoll, &p, 1, &patience, NULL, 0) > 0)
        if (syscall(SYS_read, descriptor, &byte, 1) <= 0) break;
    sys_close(descriptor);
    descriptor = -1;
}
