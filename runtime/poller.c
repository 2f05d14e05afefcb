/* The scheduler's poller (sched.h): alarms and descriptors, waited for together.
 *
 * Always true
 *  1. Only due() takes events out of epoll, so none is lost between a wait() and the due() that follows it.
 *  2. The eventfd is readable from an interrupt() until the end of the wait() that it ends.
 *
 * Threads: due on any thread inside the runtime; wait on one thread at a time, which owns no P; interrupt on any. */
#include "runtime/poller.h"
#include "runtime/netpoll.h"
#include "runtime/wheel.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
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
        n = epoll_wait(epoll_fd, events, BATCH, 0);
        if (n < 0 && errno != EINTR) environment_error("epoll_wait", "cannot ask for ready descriptors", errno);
        for (int i = 0; i < n; i++) netpoll_deliver(&events[i]);
    } while (n == BATCH);
}

static int64_t due(int64_t now) {
    if (netpoll_active()) take_events();
    return wheel_turn(now);
}

/* Only looks whether epoll has something, so that no event is taken out of it but by due(). */
static void wait(int64_t deadline) {
    struct pollfd fds[] = {{.fd = epoll_fd, .events = POLLIN}, {.fd = interrupt_fd, .events = POLLIN}};
    int64_t ns = deadline == INT64_MAX ? 0 : deadline - clock_now();
    if (ns < 0) return;
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    int n = ppoll(fds, 2, deadline == INT64_MAX ? NULL : &t, NULL);
    if (n < 0 && errno != EINTR) environment_error("ppoll", "cannot wait for timers and descriptors", errno);
    uint64_t count;
    if (n > 0 && fds[1].revents && read(interrupt_fd, &count, sizeof count) < 0) return; /* emptied already */
}

static void interrupt(void) {
    uint64_t one = 1;
    if (write(interrupt_fd, &one, sizeof one) < 0) return; /* full: it is readable anyway */
}

static bool can_wake(void) { return netpoll_active() || wheel_can_wake(); }

void poller_start_slow(void) {
    static const struct poller poller = {due, wait, interrupt, can_wake};
    lock_take(&start_lock);
    if (!poller_started) {
        epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (epoll_fd < 0) environment_error("epoll_create1", "no descriptor to wait for timers with", errno);
        interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (interrupt_fd < 0) environment_error("eventfd", "no descriptor to wake idle threads with", errno);
        poller_set(&poller);
        __atomic_store_n(&poller_started, true, __ATOMIC_RELEASE); /* pairs with poller_start */
    }
    lock_drop(&start_lock);
}
