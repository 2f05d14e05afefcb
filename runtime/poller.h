/* What an idle scheduler waits for: the wheel's next alarm, or a descriptor. */
#ifndef GORO_RUNTIME_POLLER_H
#define GORO_RUNTIME_POLLER_H

#include "runtime/sched.h"

/* Registers with the scheduler; before the first alarm is set or descriptor waited for. Inside the runtime. Cheap when
 * done already. */
extern bool poller_started;
GORO_COLD void poller_start_slow(void);
GORO_INLINE void poller_start(void) {
    if (unlikely(!__atomic_load_n(&poller_started, __ATOMIC_ACQUIRE))) poller_start_slow(); /* pairs with its store */
}

/* The epoll descriptor, for netpoll.c. */
int poller_epoll(void);

#endif
