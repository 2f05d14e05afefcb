/* Goroutines that wait for descriptors. */
#ifndef GORO_RUNTIME_NETPOLL_H
#define GORO_RUNTIME_NETPOLL_H

#include "runtime/base/base.h"

#include <sys/epoll.h>

/* Parks the calling goroutine until one of `events` (POLLIN, POLLOUT) holds for fd, or the deadline (< 0: none). Returns
 * what holds, POLLERR and POLLHUP included; -1 with errno ETIMEDOUT, EBADF, or EPERM for a descriptor that cannot be
 * waited for since it is always ready. Outside the runtime. */
int netpoll_wait(int fd, int events, int64_t deadline, uintptr_t pc);

/* For the poller: makes ready who waits for this event. Inside the runtime, on no goroutine. */
void netpoll_deliver(const struct epoll_event *event);
/* True while a goroutine waits for a descriptor. Any thread, no lock. */
bool netpoll_active(void);

#endif
