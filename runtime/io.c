/* Reading, writing, accepting, connecting: try, and if it would block, wait and try again.
 *
 * A socket is asked not to block call by call (MSG_DONTWAIT), so its own mode stays as the program has set it. Other
 * files, and listening sockets, have no such flag: they are made non-blocking, but for descriptors 0 to 2, which other
 * processes share; of those it is asked whether they are ready before they are used. What cannot be waited for (regular
 * files) is read and written at once: the thread may block then, and the other goroutines go on without it.
 *
 * Threads: any; the calls themselves are made outside of the runtime. */
#include "runtime/netpoll.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHARED_DESCRIPTORS = 3 };

static bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

/* Waits for the events; false: an error that is the caller's to return. Always ready (EPERM) is no error. */
static bool await(int fd, int events, uintptr_t pc) {
    return netpoll_wait(fd, events, -1, pc) >= 0 || errno == EPERM;
}

/* Makes fd such that a call that would block says so, or waits until it would not. False: an error. */
static bool prepare(int fd, int events, uintptr_t pc) {
    if (fd < SHARED_DESCRIPTORS) {
        struct pollfd p = {.fd = fd, .events = (short)events};
        return poll(&p, 1, 0) != 0 || await(fd, events, pc);
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return false;
    return (flags & O_NONBLOCK) || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* One attempt at a transfer: as the system call. */
struct transfer {
    int fd, flags, events;
    bool is_socket; /* or not known yet not to be one */
    char *buffer;
    size_t n;
};

static ssize_t attempt(struct transfer *t, uintptr_t pc) {
    if (t->is_socket) {
        ssize_t r = t->events == POLLIN ? recv(t->fd, t->buffer, t->n, t->flags | MSG_DONTWAIT)
                                        : send(t->fd, t->buffer, t->n, t->flags | MSG_DONTWAIT);
        if (r >= 0 || errno != ENOTSOCK || t->flags) return r;
        t->is_socket = false;
    }
    if (!prepare(t->fd, t->events, pc)) return -1;
    return t->events == POLLIN ? read(t->fd, t->buffer, t->n) : write(t->fd, t->buffer, t->n);
}

/* Attempts until something was transferred, the end was reached, or it fails. */
static ssize_t transfer_some(struct transfer *t, uintptr_t pc) {
    for (;;) {
        ssize_t r = attempt(t, pc);
        if (r >= 0) return r;
        if (errno == EINTR) continue;
        if (!would_block() || (t->flags & MSG_DONTWAIT)) return -1;
        if (!await(t->fd, t->events, pc)) return -1;
    }
}

/* As a blocking write does: all of it, unless an error comes in between. */
static ssize_t transfer_all(struct transfer *t, uintptr_t pc) {
    size_t done = 0, n = t->n;
    do {
        ssize_t r = transfer_some(t, pc);
        if (r < 0) return done > 0 ? (ssize_t)done : -1;
        done += (size_t)r;
        t->buffer += r;
        t->n -= (size_t)r;
    } while (done < n);
    return (ssize_t)done;
}

GORO_API ssize_t goro_read(int fd, void *buffer, size_t n) {
    struct transfer t = {fd, 0, POLLIN, true, buffer, n};
    return transfer_some(&t, CALLER);
}
GORO_API ssize_t goro_recv(int fd, void *buffer, size_t n, int flags) {
    struct transfer t = {fd, flags, POLLIN, true, buffer, n};
    return transfer_some(&t, CALLER);
}
GORO_API ssize_t goro_write(int fd, const void *buffer, size_t n) {
    struct transfer t = {fd, 0, POLLOUT, true, (char *)buffer, n};
    return transfer_all(&t, CALLER);
}
GORO_API ssize_t goro_send(int fd, const void *buffer, size_t n, int flags) {
    struct transfer t = {fd, flags, POLLOUT, true, (char *)buffer, n};
    return transfer_all(&t, CALLER);
}

GORO_API int goro_accept(int fd, struct sockaddr *address, socklen_t *length) {
    uintptr_t pc = CALLER;
    for (;;) {
        if (!prepare(fd, POLLIN, pc)) return -1;
        int connection = accept(fd, address, length);
        if (connection >= 0) return connection;
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (!would_block() || !await(fd, POLLIN, pc)) return -1;
    }
}

/* A connection that has been started: waits for its outcome. */
static int finish_connect(int fd, uintptr_t pc) {
    int error = 0;
    socklen_t size = sizeof error;
    if (!await(fd, POLLOUT, pc) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -1;
    errno = error;
    return error ? -1 : 0;
}

GORO_API int goro_connect(int fd, const struct sockaddr *address, socklen_t length) {
    uintptr_t pc = CALLER;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    int r = connect(fd, address, length), error = errno;
    if (r < 0 && (error == EINPROGRESS || error == EINTR)) {
        r = finish_connect(fd, pc);
        error = errno;
    }
    fcntl(fd, F_SETFL, flags);
    if (r < 0 && error == EAGAIN && !(flags & O_NONBLOCK)) /* a local socket's backlog is full: nothing to wait for */
        return connect(fd, address, length);
    if (r < 0) errno = error;
    return r;
}

GORO_API int goro_wait_fd(int fd, int events, int64_t deadline) {
    uintptr_t pc = CALLER;
    struct pollfd p = {.fd = fd, .events = (short)events};
    int r = poll(&p, 1, 0);
    if (r < 0) return -1;
    if (r > 0 && p.revents & POLLNVAL) {
        errno = EBADF;
        return -1;
    }
    if (r > 0) return p.revents;
    if (deadline >= 0 && deadline <= clock_now()) {
        errno = ETIMEDOUT;
        return -1;
    }
    return netpoll_wait(fd, events, deadline, pc);
}
