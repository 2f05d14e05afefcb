/* Reading, writing, accepting, connecting: try, and if it would block, wait and try again.
 *
 * A socket is asked not to block call by call (MSG_DONTWAIT), so its own mode stays as the program has set it. Other
 * files, and listening sockets, have no such flag: they are made non-blocking, but for descriptors 0 to 2, which other
 * processes share; of those it is asked whether they are ready before they are used. What cannot be waited for (regular
 * files) is read and written at once: the thread may block then, and the other goroutines go on without it.
 *
 * Threads: any; the calls themselves are made outside of the runtime. */
#include "runtime/netpoll.h"
#include "runtime/running.h"
#include "runtime/waiter.h"
#include "runtime/wheel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHARED_DESCRIPTORS = 3 };

static bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

/* Waits for the events; false: an error that is the caller's to return. Always ready (EPERM) is no error. */
static bool await(int fd, int events, uintptr_t pc) { return netpoll_await(fd, events, pc) >= 0 || errno == EPERM; }

/* As in Go, a deadline that has passed fails every call, also one that would not have to wait. */
static bool in_time(int fd, int events) {
    if (likely(!netpoll_expired(fd, events))) return true;
    errno = ETIMEDOUT;
    return false;
}

/* As poll of this one, at once; a signal that is taken in it is no answer. */
static int ask_ready(struct pollfd *p) {
    int r;
    do r = poll(p, 1, 0);
    while (r < 0 && errno == EINTR);
    return r;
}

/* Makes fd such that a call that would block says so, or waits until it would not. False: an error. */
static bool prepare(int fd, int events, uintptr_t pc) {
    if (fd < SHARED_DESCRIPTORS) {
        struct pollfd p = {.fd = fd, .events = (short)events};
        return ask_ready(&p) != 0 || await(fd, events, pc);
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
        if (!in_time(t->fd, t->events)) return -1;
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

/* A listening socket that was shut down: a local one says EAGAIN for ever where a blocking call would end with EINVAL. */
static bool is_shut_down(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP));
}

GORO_API int goro_accept(int fd, struct sockaddr *address, socklen_t *length) {
    uintptr_t pc = CALLER;
    for (bool waited = false;; waited = true) {
        if (!in_time(fd, POLLIN) || !prepare(fd, POLLIN, pc)) return -1;
        int connection = accept(fd, address, length);
        if (connection >= 0) {
            netpoll_forget(connection);
            return connection;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (!would_block()) return -1;
        if (waited && is_shut_down(fd)) {
            errno = EINVAL;
            return -1;
        }
        if (!await(fd, POLLIN, pc)) return -1;
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

/* After a signal the kernel may go on connecting by itself, or not have begun: asking again tells which. */
static int connect_once(int fd, const struct sockaddr *address, socklen_t length) {
    int r = connect(fd, address, length);
    if (r == 0 || errno != EINTR) return r;
    do r = connect(fd, address, length);
    while (r < 0 && errno == EINTR);
    if (r < 0 && errno == EALREADY) errno = EINPROGRESS;
    return r < 0 && errno == EISCONN ? 0 : r;
}

GORO_API int goro_connect(int fd, const struct sockaddr *address, socklen_t length) {
    uintptr_t pc = CALLER;
    if (!in_time(fd, POLLOUT)) return -1;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    int r = connect_once(fd, address, length), error = errno;
    if (r < 0 && error == EINPROGRESS) {
        r = finish_connect(fd, pc);
        error = errno;
    }
    fcntl(fd, F_SETFL, flags);
    if (r < 0 && error == EAGAIN && !(flags & O_NONBLOCK)) /* a local socket's backlog is full: nothing to wait for */
        return connect_once(fd, address, length);
    if (r < 0) errno = error;
    return r;
}

GORO_API int goro_wait_fd(int fd, int events, int64_t deadline) {
    uintptr_t pc = CALLER;
    struct pollfd p = {.fd = fd, .events = (short)events};
    int r = ask_ready(&p);
    if (r < 0) return -1;
    if (r > 0 && p.revents & POLLNVAL) {
        errno = EBADF;
        return -1;
    }
    if (r > 0) return p.revents;
    if (deadline >= 0 && deadline <= pace_now()) {
        errno = ETIMEDOUT;
        return -1;
    }
    return netpoll_wait(fd, events, deadline, pc);
}

GORO_API int goro_set_deadline(int fd, int events, int64_t deadline) {
    if (fcntl(fd, F_GETFD) < 0) return -1;
    netpoll_set_deadline(fd, events, deadline);
    return 0;
}

GORO_API int goro_close(int fd) { return netpoll_close(fd); }

#ifdef GORO_RACE
void running_wait_fd(int fd, int events, uintptr_t pc) {
    if (running_id() && !running_own_call()) netpoll_wait(fd, events, -1, pc);
}
#endif
