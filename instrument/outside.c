/* Transfers of what comes from outside.
 *
 * A goroutine that would block in the kernel is parked instead, as by goro_read: who runs meanwhile must not depend on how
 * long it takes. So a read is at most JOURNAL_DATA_MAX bytes long, and readiness is an entry of its own. */
#include "instrument/outside.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

bool outside_is(int fd) {
    struct stat st;
    if (likely(!journal_on) || !journal_wants()) return false;
    int saved = errno;
    bool is = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && !S_ISBLK(st.st_mode);
    errno = saved;
    return is;
}

/* Parks the calling goroutine until the descriptor is ready, unless the call would not block anyway. */
static void wait_ready(int fd, int flags, int events, uintptr_t pc) {
    struct pollfd p = {.fd = fd, .events = (short)events};
    int mode = (int)syscall(SYS_fcntl, fd, F_GETFL);
    if (front_self.is_thread || (flags & MSG_DONTWAIT) || mode < 0 || (mode & O_NONBLOCK)) return;
    if (poll(&p, 1, 0) == 0) running_wait_fd(fd, events, pc);
}

/* The parts, as far as an entry has room for them; the number of the bytes. */
static size_t limit(struct iovec *to, unsigned *count, const struct iovec *parts, size_t n) {
    size_t whole = 0;
    for (*count = 0; *count < n && *count < JOURNAL_OUT_MAX && whole < JOURNAL_DATA_MAX; ++*count) {
        struct iovec *part = &to[*count];
        *part = parts[*count];
        if (part->iov_len > JOURNAL_DATA_MAX - whole) part->iov_len = JOURNAL_DATA_MAX - whole;
        whole += part->iov_len;
    }
    return whole;
}

/* What has been stored, of what could have been. */
static void cut(struct journal_call *c, unsigned first) {
    size_t left = c->result > 0 ? (size_t)c->result : 0;
    for (unsigned i = first; i < c->outs; i++) {
        if (c->out[i].iov_len > left) c->out[i].iov_len = left;
        left -= c->out[i].iov_len;
    }
}

ssize_t outside_read(int fd, const struct iovec *parts, size_t count, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_READ, .argument = (uint32_t)fd, .pc = pc};
    limit(c.out, &c.outs, parts, count);
    wait_ready(fd, 0, POLLIN, pc);
    if (journal_take(&c)) return (ssize_t)c.result;
    c.result = syscall(SYS_readv, fd, c.out, (int)c.outs);
    c.error = errno;
    cut(&c, 0);
    journal_note(&c);
    return (ssize_t)c.result;
}

/* Control messages (descriptors, say) are not in the journal. */
ssize_t outside_receive(int fd, struct msghdr *m, int flags, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_READ, .argument = (uint32_t)fd, .pc = pc, .outs = 2};
    struct sockaddr_storage none;
    unsigned parts;
    c.out[0] = (struct iovec){&m->msg_namelen, sizeof m->msg_namelen};
    c.out[1] = (struct iovec){m->msg_name ? m->msg_name : &none, m->msg_name ? m->msg_namelen : 0};
    struct iovec *data = c.out + 2;
    size_t n = m->msg_iovlen < JOURNAL_OUT_MAX - 2 ? m->msg_iovlen : JOURNAL_OUT_MAX - 2;
    limit(data, &parts, m->msg_iov, n);
    c.outs += parts;
    wait_ready(fd, flags, POLLIN, pc);
    if (journal_take(&c)) return (ssize_t)c.result;
    struct msghdr real = *m;
    real.msg_iov = data;
    real.msg_iovlen = parts;
    c.result = syscall(SYS_recvmsg, fd, &real, flags);
    c.error = errno;
    m->msg_namelen = real.msg_namelen;
    m->msg_controllen = real.msg_controllen;
    m->msg_flags = real.msg_flags;
    cut(&c, 2);
    journal_note(&c);
    return (ssize_t)c.result;
}

/* Its outcome is in the journal; what was written is the program's own. */
static ssize_t write_or_feed(struct journal_call *c, const struct msghdr *m, int flags, bool is_socket) {
    bool takes = journal_take(c);
    if (takes && (c->argument > 2 || c->result <= 0)) return (ssize_t)c->result;
    long n = is_socket ? syscall(SYS_sendmsg, (int)c->argument, m, flags)
                       : syscall(SYS_writev, (int)c->argument, m->msg_iov, (int)m->msg_iovlen);
    if (takes) return (ssize_t)c->result;
    c->result = n;
    c->error = errno;
    journal_note(c);
    return (ssize_t)c->result;
}

ssize_t outside_write(int fd, const struct iovec *parts, size_t count, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_WRITE, .argument = (uint32_t)fd, .pc = pc};
    struct msghdr m = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
    return write_or_feed(&c, &m, 0, false);
}
ssize_t outside_send(int fd, const struct msghdr *m, int flags, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_WRITE, .argument = (uint32_t)fd, .pc = pc};
    return write_or_feed(&c, m, flags, true);
}

/* -- connections ----------------------------------------------------------------------------------------------------- */

/* A replay's descriptor of this number: a socket with nobody at the other end. */
static void stand_in(int fd) {
    long s = syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || s == fd) return;
    syscall(SYS_dup3, (int)s, fd, 0);
    syscall(SYS_close, (int)s);
}

int outside_accept(int fd, struct sockaddr *address, socklen_t *length, int flags, uintptr_t pc) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    socklen_t room = length ? *length : 0;
    struct journal_call c = {.kind = WIRE_JOURNAL_SOCKET, .argument = (uint32_t)fd, .pc = pc, .outs = 2};
    bool blocks = !front_self.is_thread && !(syscall(SYS_fcntl, fd, F_GETFL) & O_NONBLOCK);
    if (blocks && poll(&p, 1, 0) == 0) running_wait_fd(fd, POLLIN, pc);
    c.out[0] = (struct iovec){length, length ? sizeof *length : 0};
    c.out[1] = (struct iovec){address, address ? room : 0};
    if (journal_take(&c)) {
        if (c.result >= 0) stand_in((int)c.result);
        return (int)c.result;
    }
    c.result = syscall(SYS_accept4, fd, address, length, flags);
    c.error = errno;
    journal_note(&c);
    return (int)c.result;
}

int outside_connect(int fd, const struct sockaddr *address, socklen_t n, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_SOCKET, .argument = (uint32_t)fd, .pc = pc};
    if (journal_take(&c)) return (int)c.result;
    c.result = syscall(SYS_connect, fd, address, n);
    c.error = errno;
    journal_note(&c);
    return (int)c.result;
}

int outside_shutdown(int fd, int how, uintptr_t pc) {
    struct journal_call c = {.kind = WIRE_JOURNAL_SOCKET, .argument = (uint32_t)fd, .pc = pc};
    if (journal_take(&c)) return (int)c.result;
    c.result = syscall(SYS_shutdown, fd, how);
    c.error = errno;
    journal_note(&c);
    return (int)c.result;
}

/* -- standard input -------------------------------------------------------------------------------------------------- */

static ssize_t read_input(void *cookie, char *p, size_t n) {
    (void)cookie;
    return outside_is(0) ? outside_read(0, &(struct iovec){p, n}, 1, FRONT_HERE) : read(0, p, n);
}
static int close_input(void *cookie) { return (void)cookie, close(0); }

/* stdio reads within libc, where no wrapper is. The stream keeps its number. */
void outside_standard_input(void) {
    struct stat st;
    if (fstat(0, &st) != 0 || S_ISREG(st.st_mode)) return;
    FILE *f = fopencookie(NULL, "r", (cookie_io_functions_t){.read = read_input, .close = close_input});
    if (!f) return;
    f->_fileno = 0;
    stdin = f;
}
