/* Descriptors that a schedule opens (keep.h): it may use them without its process being lost for others, for at its end they are
 * closed, which undoes all that was done to them.
 *
 * Always true
 *  1. `own` are open, were opened by this schedule, and are the program's alone.
 *  2. No call is made here that might wait: signals are blocked meanwhile.
 *
 * Not done: sockets, but for their making: who has one talks to others. Descriptors that are made by dup2 and its like: of
 * those there may have been one before. */
#include "instrument/keep_inside.h"
#include "runtime/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

static bool is_failure(long result) { return result < 0 && result > -KEEP_PAGE; }

bool keep_is_own(const struct keep_descriptors *d, uintptr_t fd) {
    return fd < KEEP_DESCRIPTORS && d->own[fd / 64] >> fd % 64 & 1;
}

static bool note(struct keep_descriptors *d, long fd) {
    if (fd >= KEEP_DESCRIPTORS) return false;
    d->own[fd / 64] |= UINT64_C(1) << fd % 64;
    return true;
}

/* -- what may be called ------------------------------------------------------------------------------------------- */

static bool begins_with(const char *path, const char *beginning, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (path[i] != beginning[i]) return false;
    return true;
}

/* What it tells is no longer true when the process is like any other. (But maps: pthread_getattr_np looks for main's stack.) */
static bool is_of_processes(const char *path) {
    static const char processes[] = "/proc", maps[] = "/proc/self/maps";
    return begins_with(path, processes, sizeof processes - 1) && !begins_with(path, maps, sizeof maps);
}

/* Opening something else, a pipe with a name say, may take until another process does. */
static bool opens_at_once(uintptr_t folder, uintptr_t path) {
    enum { MEMORY_DEVICES = 1 };
    struct stat st;
    long e = keep_call(SYS_newfstatat, folder, path, (uintptr_t)&st, 0, 0, 0);
    if (is_failure(e)) return e == -ENOENT;
    if (is_of_processes((const char *)path)) return false; /* NOLINT: the kernel has read it */
    return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || (S_ISCHR(st.st_mode) && major(st.st_rdev) == MEMORY_DEVICES);
}

static bool is_ready(uintptr_t fd, short events) {
    struct pollfd p = {.fd = (int)fd, .events = events};
    return keep_call(SYS_poll, (uintptr_t)&p, 1, 0, 0, 0, 0) == 1;
}

/* Does the call not wait? A pipe that is ready takes so many bytes at least. */
static bool is_at_once(const struct keep_descriptors *d, uintptr_t fd, short events, size_t bytes) {
    if (!keep_is_own(d, fd)) return false;
    if (keep_call(SYS_fcntl, fd, F_GETFL, 0, 0, 0, 0) & O_NONBLOCK) return true;
    return bytes <= PIPE_BUF && is_ready(fd, events);
}

static bool is_control(uintptr_t command) {
    return command == F_GETFD || command == F_SETFD || command == F_GETFL || command == F_SETFL || command == F_DUPFD ||
           command == F_DUPFD_CLOEXEC;
}

bool keep_descriptors_may(const struct keep_descriptors *d, long number, const uintptr_t *a) {
    switch (number) {
    case SYS_openat: return opens_at_once(a[0], a[1]);
#ifdef SYS_open
    case SYS_open: return opens_at_once((uintptr_t)AT_FDCWD, a[0]);
    case SYS_pipe: return true;
    case SYS_epoll_wait: return keep_is_own(d, a[0]) && !(int)a[3];
#endif
    case SYS_pipe2:
    case SYS_epoll_create1:
    case SYS_eventfd2:
    case SYS_timerfd_create:
    case SYS_memfd_create:
    case SYS_socketpair: return true;
    case SYS_read:
    case SYS_readv: return is_at_once(d, a[0], POLLIN, 0);
    case SYS_write: return is_at_once(d, a[0], POLLOUT, a[2]);
    case SYS_writev: return is_at_once(d, a[0], POLLOUT, SIZE_MAX);
    case SYS_fcntl: return keep_is_own(d, a[0]) && is_control(a[1]);
    case SYS_ioctl: return keep_is_own(d, a[0]) && a[1] == TCGETS;
    case SYS_epoll_ctl: return keep_is_own(d, a[0]) && keep_is_own(d, a[2]);
    case SYS_epoll_pwait: return keep_is_own(d, a[0]) && !(int)a[3] && !a[4];
    case SYS_close:
    case SYS_dup:
    case SYS_lseek:
    case SYS_pread64:
    case SYS_pwrite64:
    case SYS_ftruncate:
    case SYS_getdents64:
    case SYS_timerfd_settime:
    case SYS_timerfd_gettime: return keep_is_own(d, a[0]);
    case SYS_recvfrom:
    case SYS_sendto: return keep_is_own(d, a[0]) && a[3] & MSG_DONTWAIT;
    default: return false;
    }
}

/* -- what it makes -------------------------------------------------------------------------------------------------- */

static bool makes_one(long number, const uintptr_t *a) {
    return number == SYS_openat || number == SYS_epoll_create1 || number == SYS_eventfd2 || number == SYS_dup ||
#ifdef SYS_open
           number == SYS_open ||
#endif
           number == SYS_timerfd_create || number == SYS_memfd_create ||
           (number == SYS_fcntl && (a[1] == F_DUPFD || a[1] == F_DUPFD_CLOEXEC));
}

static const int *made_two(long number, const uintptr_t *a) {
#ifdef SYS_pipe
    if (number == SYS_pipe) return (const int *)a[0]; /* NOLINT: where the kernel has written them */
#endif
    if (number == SYS_pipe2) return (const int *)a[0];          /* NOLINT */
    return number == SYS_socketpair ? (const int *)a[3] : NULL; /* NOLINT */
}

static void close_unseen(long fd) { keep_call(SYS_close, (uintptr_t)fd, 0, 0, 0, 0, 0); }

bool keep_descriptors_note(struct keep_descriptors *d, long number, const uintptr_t *a, long result) {
    const int *two = made_two(number, a);
    if (is_failure(result)) return true;
    if (number == SYS_close) d->own[a[0] / 64] &= ~(UINT64_C(1) << a[0] % 64);
    if (makes_one(number, a) && !note(d, result)) {
        close_unseen(result);
        return false;
    }
    if (two && !(note(d, two[0]) && note(d, two[1]))) {
        close_unseen(two[0]);
        close_unseen(two[1]);
        return false;
    }
    return true;
}

void keep_descriptors_close(struct keep_descriptors *d) {
    for (size_t i = 0; i < array_length(d->own); i++)
        for (; d->own[i]; d->own[i] &= d->own[i] - 1) close_unseen((long)i * 64 + __builtin_ctzll(d->own[i]));
}
