/* Reading and writing descriptors: the buffer is an access, and within the process a write to a pipe, a socket's
 * direction or an eventfd comes before the read that returns its bytes (docs/happens-before).
 *
 * The two ends must name one clock. A pipe's ends have one inode; a socket pair's are known to each other from socketpair
 * (an entry here); two connected sockets of the internet have each other's addresses; eventfds and their like are known
 * by their number. Local sockets that were connected by name share one clock: what cannot be told apart may order more
 * than it should, never less.
 *
 * goro's own calls make edges, too, when they act for a goroutine: goro_read is made of read. Their buffers are told by
 * the runtime. */
#include "instrument/outside.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum direction { INCOMING, OUTGOING };

/* Clocks of channels that are no memory: under addresses that no memory has (see also tsan_notes.c). */
static struct det_sync *clock_of_key(uint64_t key) {
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return det_sync_at((uintptr_t)1 << 62 | (uintptr_t)key >> 4);
}

/* -- socket pairs -------------------------------------------------------------------------------------------------- */

enum { PAIRS_MAX = 1024 };
static struct { ino_t a, b; } pairs[PAIRS_MAX]; /* a ring: relaxed atomics, a lost old pair has one clock for both */
static uint32_t pair_count;

static ino_t inode_of(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_ino : 0;
}
static ino_t partner_of(ino_t inode) {
    uint32_t n = __atomic_load_n(&pair_count, __ATOMIC_RELAXED);
    for (uint32_t i = n > PAIRS_MAX ? n - PAIRS_MAX : 0; i < n; i++) {
        ino_t a = __atomic_load_n(&pairs[i % PAIRS_MAX].a, __ATOMIC_RELAXED);
        ino_t b = __atomic_load_n(&pairs[i % PAIRS_MAX].b, __ATOMIC_RELAXED);
        if (a == inode) return b;
        if (b == inode) return a;
    }
    return 0;
}
static void remember_pair(const int fd[2]) {
    uint32_t i = __atomic_fetch_add(&pair_count, 1, __ATOMIC_RELAXED) % PAIRS_MAX;
    __atomic_store_n(&pairs[i].a, inode_of(fd[0]), __ATOMIC_RELAXED);
    __atomic_store_n(&pairs[i].b, inode_of(fd[1]), __ATOMIC_RELAXED);
}

/* -- which clock ----------------------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t h, const void *data, size_t n) {
    for (const unsigned char *p = data; n--; p++) h = (h ^ *p) * UINT64_C(0x100000001b3); /* FNV-1a */
    return h;
}

/* Who sends to whom: the same for the sender's end and the receiver's. 0: cannot be told. */
static uint64_t socket_key(int fd, enum direction d) {
    struct sockaddr_storage own = {0}, peer = {0};
    socklen_t own_n = sizeof own, peer_n = sizeof peer;
    if (getsockname(fd, (struct sockaddr *)&own, &own_n) != 0) return 0;
    if (own.ss_family != AF_INET && own.ss_family != AF_INET6) return 0;
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_n) != 0) return 0;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    h = hash_bytes(h, d == OUTGOING ? &own : &peer, d == OUTGOING ? own_n : peer_n);
    return hash_bytes(h, d == OUTGOING ? &peer : &own, d == OUTGOING ? peer_n : own_n) | 1;
}

/* 0: a descriptor that orders nothing, a file or a terminal. */
static uint64_t key_of(int fd, enum direction d) {
    struct stat st;
    if (fstat(fd, &st) != 0) return 0;
    uint64_t inode = (uint64_t)st.st_ino << 8 | (uint64_t)(st.st_dev & 0x3f) << 2;
    if (S_ISFIFO(st.st_mode)) return inode | 1;
    if (S_ISSOCK(st.st_mode)) {
        uint64_t key = socket_key(fd, d);
        ino_t partner = key ? 0 : partner_of(st.st_ino);
        if (partner) key = (uint64_t)(d == OUTGOING ? st.st_ino : partner) << 8 | 2;
        return key ? key : 2;
    }
    return st.st_mode & S_IFMT ? 0 : (uint64_t)(unsigned)fd << 8 | 3; /* eventfd, timerfd, … */
}

static void before_write(int fd) {
    if (!front_ready || !front_self.task) return;
    if (unlikely(det_reorders())) det_begins(front_self.task); /* others may read it, of whatever kind it is */
    int saved = errno;
    uint64_t key = key_of(fd, OUTGOING);
    if (key) det_merge(front_self.task, clock_of_key(key));
    errno = saved;
}
/* Bytes, or the end: which is there because somebody has closed the other end. */
static void after_read(int fd, ssize_t n) {
    if (!front_ready || !front_self.task) return;
    if (unlikely(det_reorders())) det_begins(front_self.task);
    if (n < 0) return;
    int saved = errno;
    uint64_t key = key_of(fd, INCOMING);
    if (key) det_acquire(front_self.task, clock_of_key(key));
    errno = saved;
}

void wrap_closes(int fd) { before_write(fd); }

/* -- connecting: what was done before connect comes before the accept that returns that connection --------------------- */

/* Who listens at an address and who connects to it name one clock. Of an internet address that is the port, as one host has
 * many addresses; of a local one its name. 0: cannot be told. */
static uint64_t listener_key(const struct sockaddr *a, socklen_t n) {
    static const char salt[] = "listener";
    uint64_t h = hash_bytes(UINT64_C(0xcbf29ce484222325), salt, sizeof salt);
    const struct sockaddr_un *local = (const void *)a;
    size_t head = offsetof(struct sockaddr_un, sun_path), name = n > head ? n - head : 0;
    if (n < sizeof a->sa_family) return 0;
    switch (a->sa_family) {
    case AF_INET:
        return n < sizeof(struct sockaddr_in) ? 0 : hash_bytes(h, &((const struct sockaddr_in *)a)->sin_port, 2);
    case AF_INET6:
        return n < sizeof(struct sockaddr_in6) ? 0 : hash_bytes(h, &((const struct sockaddr_in6 *)a)->sin6_port, 2);
    case AF_UNIX:
        if (name && local->sun_path[0]) name = strnlen(local->sun_path, name);
        return name ? hash_bytes(h, local->sun_path, name) : 0;
    default: return 0;
    }
}

static void connects(const struct sockaddr *to, socklen_t n) {
    uint64_t key = front_ready && front_self.task && to ? listener_key(to, n) : 0;
    if (key) det_merge(front_self.task, clock_of_key(key));
}
static int accepted(int listener, int fd, const struct sockaddr *from, const socklen_t *n, uintptr_t pc) {
    struct sockaddr_storage own = {0};
    socklen_t own_n = sizeof own;
    int saved = errno;
    if (fd < 0) return fd;
    if (front_ready && front_self.task && getsockname(listener, (struct sockaddr *)&own, &own_n) == 0) {
        uint64_t key = listener_key((struct sockaddr *)&own, own_n);
        if (key) det_acquire(front_self.task, clock_of_key(key));
    }
    if (from && n && wrap_sees_accesses(pc)) {
        wrap_writes(pc, n, sizeof *n);
        wrap_writes(pc, from, *n);
    }
    errno = saved;
    return fd;
}

int WRAP(connect)(int fd, __CONST_SOCKADDR_ARG to, socklen_t n) {
    const struct sockaddr *address = to.__sockaddr__;
    if (address && wrap_sees_accesses(FRONT_HERE)) wrap_reads(FRONT_HERE, address, n);
    connects(address, n);
    return outside_is(fd) ? outside_connect(fd, to.__sockaddr__, n, FRONT_HERE) : AWAY(FRONT_HERE, REAL(connect)(fd, to, n));
}
int WRAP(accept)(int fd, __SOCKADDR_ARG from, socklen_t *n) {
    int e = outside_is(fd) ? outside_accept(fd, from.__sockaddr__, n, 0, FRONT_HERE) : AWAY(FRONT_HERE, REAL(accept)(fd, from, n));
    return accepted(fd, e, from.__sockaddr__, n, FRONT_HERE);
}
int WRAP(accept4)(int fd, __SOCKADDR_ARG from, socklen_t *n, int flags) {
    int e = outside_is(fd) ? outside_accept(fd, from.__sockaddr__, n, flags, FRONT_HERE)
                           : AWAY(FRONT_HERE, REAL(accept4)(fd, from, n, flags));
    return accepted(fd, e, from.__sockaddr__, n, FRONT_HERE);
}
int WRAP(shutdown)(int fd, int how) {
    if (how != SHUT_RD) before_write(fd);
    return outside_is(fd) ? outside_shutdown(fd, how, FRONT_HERE) : REAL(shutdown)(fd, how);
}

/* -- buffers ------------------------------------------------------------------------------------------------------------ */

static void touch(const struct iovec *parts, size_t count, size_t n, unsigned kind, uintptr_t pc) {
    for (size_t i = 0; i < count && n; i++) {
        size_t here = parts[i].iov_len < n ? parts[i].iov_len : n;
        if (here) det_range(front_task(), (uintptr_t)parts[i].iov_base, here, kind, pc);
        n -= here;
    }
}

static void outgoing(int fd, const struct iovec *parts, size_t count, uintptr_t pc) {
    if (wrap_sees_accesses(pc)) touch(parts, count, SIZE_MAX, DET_READ, pc);
    before_write(fd);
}
static ssize_t incoming(int fd, const struct iovec *parts, size_t count, ssize_t n, uintptr_t pc) {
    after_read(fd, n);
    if (n > 0 && wrap_sees_accesses(pc)) touch(parts, count, (size_t)n, DET_WRITE, pc);
    return n;
}

#define ONE(p, n) (&(struct iovec){(void *)(p), n}), 1
#define MESSAGE(p, n)                                                                                                  \
    { .msg_iov = &(struct iovec){(void *)(p), n}, .msg_iovlen = 1 }

ssize_t WRAP(read)(int fd, void *p, size_t n) {
    ssize_t got = outside_is(fd) ? outside_read(fd, ONE(p, n), FRONT_HERE) : AWAY(FRONT_HERE, REAL(read)(fd, p, n));
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(pread)(int fd, void *p, size_t n, off_t at) {
    ssize_t got = REAL(pread)(fd, p, n, at);
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(pread64)(int fd, void *p, size_t n, off64_t at) {
    ssize_t got = REAL(pread64)(fd, p, n, at);
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(readv)(int fd, const struct iovec *parts, int count) {
    size_t parts_n = count > 0 ? (size_t)count : 0;
    ssize_t got = outside_is(fd) ? outside_read(fd, parts, parts_n, FRONT_HERE) : AWAY(FRONT_HERE, REAL(readv)(fd, parts, count));
    return incoming(fd, parts, count > 0 ? (size_t)count : 0, got, FRONT_HERE);
}
ssize_t WRAP(recv)(int fd, void *p, size_t n, int flags) {
    struct msghdr m = MESSAGE(p, n);
    ssize_t got = outside_is(fd) ? outside_receive(fd, &m, flags, FRONT_HERE) : AWAY(FRONT_HERE, REAL(recv)(fd, p, n, flags));
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(recvfrom)(int fd, void *p, size_t n, int flags, __SOCKADDR_ARG from, socklen_t *from_n) {
    struct msghdr m = MESSAGE(p, n);
    if (!outside_is(fd)) return incoming(fd, ONE(p, n), AWAY(FRONT_HERE, REAL(recvfrom)(fd, p, n, flags, from, from_n)), FRONT_HERE);
    m.msg_name = from.__sockaddr__;
    m.msg_namelen = m.msg_name && from_n ? *from_n : 0;
    ssize_t got = outside_receive(fd, &m, flags, FRONT_HERE);
    if (m.msg_name && from_n) *from_n = m.msg_namelen;
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(recvmsg)(int fd, struct msghdr *m, int flags) {
    ssize_t got = outside_is(fd) ? outside_receive(fd, m, flags, FRONT_HERE) : AWAY(FRONT_HERE, REAL(recvmsg)(fd, m, flags));
    return incoming(fd, m->msg_iov, m->msg_iovlen, got, FRONT_HERE);
}

ssize_t WRAP(write)(int fd, const void *p, size_t n) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return outside_is(fd) ? outside_write(fd, ONE(p, n), FRONT_HERE) : REAL(write)(fd, p, n);
}
ssize_t WRAP(pwrite)(int fd, const void *p, size_t n, off_t at) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return REAL(pwrite)(fd, p, n, at);
}
ssize_t WRAP(pwrite64)(int fd, const void *p, size_t n, off64_t at) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return REAL(pwrite64)(fd, p, n, at);
}
ssize_t WRAP(writev)(int fd, const struct iovec *parts, int count) {
    outgoing(fd, parts, count > 0 ? (size_t)count : 0, FRONT_HERE);
    if (!outside_is(fd)) return REAL(writev)(fd, parts, count);
    return outside_write(fd, parts, count > 0 ? (size_t)count : 0, FRONT_HERE);
}
ssize_t WRAP(send)(int fd, const void *p, size_t n, int flags) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    struct msghdr m = MESSAGE(p, n);
    return outside_is(fd) ? outside_send(fd, &m, flags, FRONT_HERE) : REAL(send)(fd, p, n, flags);
}
ssize_t WRAP(sendto)(int fd, const void *p, size_t n, int flags, __CONST_SOCKADDR_ARG to, socklen_t to_n) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    struct msghdr m = MESSAGE(p, n);
    m.msg_name = (void *)to.__sockaddr__;
    m.msg_namelen = to_n;
    return outside_is(fd) ? outside_send(fd, &m, flags, FRONT_HERE) : REAL(sendto)(fd, p, n, flags, to, to_n);
}
ssize_t WRAP(sendmsg)(int fd, const struct msghdr *m, int flags) {
    outgoing(fd, m->msg_iov, m->msg_iovlen, FRONT_HERE);
    return outside_is(fd) ? outside_send(fd, m, flags, FRONT_HERE) : REAL(sendmsg)(fd, m, flags);
}

/* -- making and eventfds ---------------------------------------------------------------------------------------------- */

static int made_two(int e, const int fd[2], uintptr_t pc) {
    if (e == 0 && wrap_sees_accesses(pc)) wrap_writes(pc, fd, 2 * sizeof *fd);
    return e;
}
int WRAP(socketpair)(int family, int type, int protocol, int fd[2]) {
    int e = REAL(socketpair)(family, type, protocol, fd);
    if (e == 0) remember_pair(fd);
    return made_two(e, fd, FRONT_HERE);
}
int WRAP(pipe)(int fd[2]) {
    int e = REAL(pipe)(fd);
    return made_two(e, fd, FRONT_HERE);
}
/* The unwinder's own: away from the numbers that the program gets next. */
static int make_apart(int fd[2], int flags) {
    enum { APART = 1020 };
    int e = REAL(pipe2)(fd, flags);
    for (int i = 0; e == 0 && i < 2; i++) {
        long high = syscall(SYS_fcntl, fd[i], F_DUPFD_CLOEXEC, APART);
        if (high < 0) continue; /* there are not so many */
        syscall(SYS_close, fd[i]);
        fd[i] = (int)high;
    }
    return e;
}
int WRAP(pipe2)(int fd[2], int flags) {
    if (unlikely(running_unwinds())) return make_apart(fd, flags);
    int e = REAL(pipe2)(fd, flags);
    return made_two(e, fd, FRONT_HERE);
}
int WRAP(eventfd_read)(int fd, eventfd_t *value) {
    int e = REAL(eventfd_read)(fd, value);
    if (e == 0) incoming(fd, ONE(value, sizeof *value), sizeof *value, FRONT_HERE);
    return e;
}
int WRAP(eventfd_write)(int fd, eventfd_t value) {
    outgoing(fd, NULL, 0, FRONT_HERE);
    return REAL(eventfd_write)(fd, value);
}
