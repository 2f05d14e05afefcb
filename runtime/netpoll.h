/* Goroutines that wait for descriptors. */
#ifndef GORO_RUNTIME_NETPOLL_H
#define GORO_RUNTIME_NETPOLL_H

#include "runtime/base/base.h"

#include <sys/epoll.h>

/* Parks the calling goroutine until one of `events` (POLLIN, POLLOUT) holds for fd, or the deadline (< 0: none). Returns
 * what holds, POLLERR and POLLHUP included; -1 with errno ETIMEDOUT, EBADF (closed meanwhile, too), or EPERM for a
 * descriptor that cannot be waited for since it is always ready. Outside the runtime. */
int netpoll_wait(int fd, int events, int64_t deadline, uintptr_t pc);
/* The same until the deadline that netpoll_set_deadline has set for this descriptor, if any, also while it waits. */
int netpoll_await(int fd, int events, uintptr_t pc);

/* The deadline of whoever waits for `events` of fd now or later; < 0: none any more. */
void netpoll_set_deadline(int fd, int events, int64_t deadline);
/* fd is a new file: it has no deadlines. */
void netpoll_forget(int fd);
/* True if the descriptor has a deadline for these events that has passed. Any thread, no lock. */
bool netpoll_expired(int fd, int events);
/* Closes fd, as close does. Whoever waits for it returns with EBADF; the next file of this number has no deadline. */
int netpoll_close(int fd);

/* For the poller: makes ready who waits for this event. Inside the runtime, on no goroutine. */
void netpoll_deliver(const struct epoll_event *event);
/* Goroutines that wait for a descriptor. Any thread, no lock. */
int64_t netpoll_waiters(void);

#endif
