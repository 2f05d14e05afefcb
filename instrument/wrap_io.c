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
#include "instrument/wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>

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
    int saved = errno;
    uint64_t key = key_of(fd, OUTGOING);
    if (key) det_merge(front_self.task, clock_of_key(key));
    errno = saved;
}
static void after_read(int fd, ssize_t n) {
    if (!front_ready || !front_self.task || n <= 0) return;
    int saved = errno;
    uint64_t key = key_of(fd, INCOMING);
    if (key) det_acquire(front_self.task, clock_of_key(key));
    errno = saved;
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

ssize_t WRAP(read)(int fd, void *p, size_t n) {
    ssize_t got = REAL(read)(fd, p, n);
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
    ssize_t got = REAL(readv)(fd, parts, count);
    return incoming(fd, parts, count > 0 ? (size_t)count : 0, got, FRONT_HERE);
}
ssize_t WRAP(recv)(int fd, void *p, size_t n, int flags) {
    ssize_t got = REAL(recv)(fd, p, n, flags);
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(recvfrom)(int fd, void *p, size_t n, int flags, __SOCKADDR_ARG from, socklen_t *from_n) {
    ssize_t got = REAL(recvfrom)(fd, p, n, flags, from, from_n);
    return incoming(fd, ONE(p, n), got, FRONT_HERE);
}
ssize_t WRAP(recvmsg)(int fd, struct msghdr *m, int flags) {
    ssize_t got = REAL(recvmsg)(fd, m, flags);
    return incoming(fd, m->msg_iov, m->msg_iovlen, got, FRONT_HERE);
}

ssize_t WRAP(write)(int fd, const void *p, size_t n) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return REAL(write)(fd, p, n);
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
    return REAL(writev)(fd, parts, count);
}
ssize_t WRAP(send)(int fd, const void *p, size_t n, int flags) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return REAL(send)(fd, p, n, flags);
}
ssize_t WRAP(sendto)(int fd, const void *p, size_t n, int flags, __CONST_SOCKADDR_ARG to, socklen_t to_n) {
    outgoing(fd, ONE(p, n), FRONT_HERE);
    return REAL(sendto)(fd, p, n, flags, to, to_n);
}
ssize_t WRAP(sendmsg)(int fd, const struct msghdr *m, int flags) {
    outgoing(fd, m->msg_iov, m->msg_iovlen, FRONT_HERE);
    return REAL(sendmsg)(fd, m, flags);
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
int WRAP(pipe2)(int fd[2], int flags) {
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
