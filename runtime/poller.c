/* The scheduler's poller (sched.h): alarms, descriptors and signals, waited for together.
 *
 * Always true
 *  1. Only due() takes events out of epoll, so none is lost between a wait() and the due() that follows it.
 *  2. The eventfd is readable from an interrupt() until the end of the wait() that it ends.
 *
 * Threads: due on any thread inside the runtime; wait on one thread at a time, which owns no P; interrupt on any. */
#include "runtime/poller.h"
#include "runtime/netpoll.h"
#include "runtime/signal.h"
#include "runtime/wheel.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BATCH = 128 };

bool poller_started;
static int epoll_fd = -1, interrupt_fd = -1;
static struct lock start_lock;

int poller_epoll(void) { return epoll_fd; }

static void take_events(void) {
    struct epoll_event events[BATCH];
    int n;
    do {
        n = hook_replays() ? 0 : epoll_wait(epoll_fd, events, BATCH, 0);
        if (n < 0 && errno != EINTR) environment_error("epoll_wait", "cannot ask for ready descriptors", errno);
        size_t bytes = n > 0 ? (size_t)n * sizeof *events : 0;
        n = (int)(hook_found(HOOK_FOUND_EVENTS, events, bytes, sizeof events) / sizeof *events);
        for (int i = 0; i < n; i++) netpoll_deliver(&events[i]);
    } while (n == BATCH);
}

static int64_t due(int64_t now) {
    if (netpoll_waiters() > 0) take_events();
    signals_deliver();
    return wheel_turn(now);
}

static bool only_time_wakes(void) {
    os_mutex_lock(&sched.mutex);
    bool only = netpoll_waiters() == 0 && !signals_can_wake();
    os_mutex_unlock(&sched.mutex);
    return only;
}

/* Only looks whether epoll has something, so that no event is taken out of it but by due(). */
static void wait(int64_t deadline) {
    struct pollfd fds[] = {{.fd = epoll_fd, .events = POLLIN}, {.fd = interrupt_fd, .events = POLLIN}};
    if (pace_seeded() && deadline != INT64_MAX && only_time_wakes()) hook_idle(deadline - pace_now());
    if (unlikely(hook_replays())) {
        pace_wait_again();
        return;
    }
    int64_t ns = pace_wait_begin(deadline);
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    int n = (int)syscall(SYS_ppoll, fds, 2, ns == INT64_MAX ? NULL : &t, NULL, 0);
    pace_wait_end(deadline, n == 0);
    if (n < 0 && errno != EINTR) environment_error("ppoll", "cannot wait for timers and descriptors", errno);
    uint64_t count;
    if (n > 0 && fds[1].revents && syscall(SYS_read, interrupt_fd, &count, sizeof count) < 0)
        return; /* emptied already */
}

/* In signal handlers, too. */
static void interrupt(void) {
    int saved = errno;
    uint64_t one = 1;
    while (syscall(SYS_write, interrupt_fd, &one, sizeof one) < 0 && errno == EINTR) {
    } /* full: it is readable anyway */
    errno = saved;
}

/* While every P is busy nobody waits for descriptors: they are looked at once in each of the monitor's ticks. */
static bool unsettled(bool watched) { return wheel_unsettled() || (!watched && netpoll_waiters() > 0); }

static bool can_wake(void) { return netpoll_waiters() > 0 || signals_can_wake() || wheel_can_wake(); }

void poller_start_slow(void) {
    static const struct poller poller = {due, wait, interrupt, can_wake, unsettled};
    lock_take(&start_lock);
    if (!poller_started) {
        epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (epoll_fd < 0)
            environment_error("epoll_create1", "no descriptor to wait for timers with (ulimit -n)", errno);
        interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (interrupt_fd < 0)
            environment_error("eventfd", "no descriptor to wake idle threads with (ulimit -n)", errno);
        poller_set(&poller);
        __atomic_store_n(&poller_started, true, __ATOMIC_RELEASE); /* pairs with poller_start */
    }
    lock_drop(&start_lock);
}
