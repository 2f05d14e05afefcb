/* Clocks, random numbers, readiness and sockets: wrapped for the journal alone. Without one each is the call itself.
 *
 * A replay makes no connection: what a socket is told or asked is answered by the journal. */
#include "instrument/outside.h"
#include "instrument/wrap.h"
#include "runtime/running.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* Is the call one for the journal? goro's own questions for the time are its own affair. */
static bool is_outside(void) { return unlikely(journal_on) && journal_wants(); }
static bool is_asked(uintptr_t pc) { return is_outside() && !front_is_own(pc); }

/* Makes the call, or takes its outcome; what it stores is named by .outs and .out. */
#define JOURNALED(type, kind_, argument_, call, ...)                                                                   \
    do {                                                                                                               \
        struct journal_call c = {                                                                                      \
            .kind = WIRE_JOURNAL_##kind_, .argument = (uint32_t)(argument_), .pc = FRONT_HERE, __VA_ARGS__};           \
        if (!journal_take(&c)) {                                                                                       \
            c.result = (int64_t)(call);                                                                                \
            c.error = errno;                                                                                           \
            journal_note(&c);                                                                                          \
        }                                                                                                              \
        return (type)c.result;                                                                                         \
    } while (0)

/* -- time -------------------------------------------------------------------------------------------------------------- */

int WRAP(clock_gettime)(clockid_t clock, struct timespec *t) {
    if (!is_asked(FRONT_HERE)) return REAL(clock_gettime)(clock, t);
    JOURNALED(int, TIME, clock, REAL(clock_gettime)(clock, t), .outs = 1, .out = {{t, sizeof *t}});
}
int WRAP(gettimeofday)(struct timeval *restrict t, void *restrict zone) {
    if (!is_asked(FRONT_HERE)) return REAL(gettimeofday)(t, zone);
    JOURNALED(int, TIME, 100, REAL(gettimeofday)(t, zone), .outs = 1, .out = {{t, sizeof *t}});
}
time_t WRAP(time)(time_t *t) {
    if (!is_asked(FRONT_HERE)) return REAL(time)(t);
    JOURNALED(time_t, TIME, 101, REAL(time)(t), .outs = t ? 1 : 0, .out = {{t, sizeof *t}});
}
clock_t WRAP(clock)(void) {
    if (!is_asked(FRONT_HERE)) return REAL(clock)();
    JOURNALED(clock_t, TIME, 102, REAL(clock)(), .outs = 0);
}

/* -- random numbers ------------------------------------------------------------------------------------------------------ */

ssize_t WRAP(getrandom)(void *p, size_t n, unsigned flags) {
    if (!is_asked(FRONT_HERE)) return REAL(getrandom)(p, n, flags);
    if (n > JOURNAL_DATA_MAX) n = JOURNAL_DATA_MAX; /* it may give less than it is asked for */
    JOURNALED(ssize_t, RANDOM, 0, REAL(getrandom)(p, n, flags), .outs = 1, .out = {{p, n}}, .by_result = true);
}
int WRAP(getentropy)(void *p, size_t n) {
    if (!is_asked(FRONT_HERE)) return REAL(getentropy)(p, n);
    JOURNALED(int, RANDOM, 1, REAL(getentropy)(p, n), .outs = 1, .out = {{p, n < 256 ? n : 256}});
}

/* -- readiness -------------------------------------------------------------------------------------------------------------- */

int WRAP(poll)(struct pollfd *p, nfds_t n, int ms) {
    running_watch();
    if (!is_outside()) return AWAY(FRONT_HERE, REAL(poll)(p, n, ms));
    JOURNALED(int, POLL, n, REAL(poll)(p, n, ms), .outs = 1, .out = {{p, n * sizeof *p}});
}
int WRAP(ppoll)(struct pollfd *p, nfds_t n, const struct timespec *t, const sigset_t *mask) {
    running_watch();
    if (!is_outside()) return AWAY(FRONT_HERE, REAL(ppoll)(p, n, t, mask));
    JOURNALED(int, POLL, n, REAL(ppoll)(p, n, t, mask), .outs = 1, .out = {{p, n * sizeof *p}});
}
int WRAP(select)(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict e, struct timeval *restrict t) {
    running_watch();
    if (!is_outside()) return AWAY(FRONT_HERE, REAL(select)(n, r, w, e, t));
    JOURNALED(int, POLL, n, REAL(select)(n, r, w, e, t), .outs = 3,
              .out = {{r, r ? sizeof *r : 0}, {w, w ? sizeof *w : 0}, {e, e ? sizeof *e : 0}});
}
int WRAP(epoll_wait)(int fd, struct epoll_event *events, int n, int ms) {
    running_watch();
    if (!is_asked(FRONT_HERE)) return AWAY(FRONT_HERE, REAL(epoll_wait)(fd, events, n, ms));
    JOURNALED(int, POLL, fd, REAL(epoll_wait)(fd, events, n, ms), .outs = 1,
              .out = {{events, n > 0 ? (size_t)n * sizeof *events : 0}});
}

/* -- sockets ------------------------------------------------------------------------------------------------------------------ */

int WRAP(bind)(int fd, __CONST_SOCKADDR_ARG address, socklen_t n) {
    running_watch(); /* calls of sockets may have a time limit, and are then not gone on with */
    if (!is_outside()) return REAL(bind)(fd, address, n);
    JOURNALED(int, SOCKET, fd, REAL(bind)(fd, address, n), .outs = 0);
}
int WRAP(listen)(int fd, int n) {
    if (!is_outside()) return REAL(listen)(fd, n);
    JOURNALED(int, SOCKET, fd, REAL(listen)(fd, n), .outs = 0);
}
int WRAP(getsockname)(int fd, __SOCKADDR_ARG address, socklen_t *restrict n) {
    if (!is_outside()) return REAL(getsockname)(fd, address, n);
    JOURNALED(int, SOCKET, fd, REAL(getsockname)(fd, address, n), .outs = 2,
              .out = {{address.__sockaddr__, *n}, {n, sizeof *n}});
}
int WRAP(getpeername)(int fd, __SOCKADDR_ARG address, socklen_t *restrict n) {
    if (!is_outside()) return REAL(getpeername)(fd, address, n);
    JOURNALED(int, SOCKET, fd, REAL(getpeername)(fd, address, n), .outs = 2,
              .out = {{address.__sockaddr__, *n}, {n, sizeof *n}});
}
