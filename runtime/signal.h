/* Signals as values of channels, for whoever sends them on and for the channels' ends. signal.c says how. */
#ifndef GORO_RUNTIME_SIGNAL_H
#define GORO_RUNTIME_SIGNAL_H

#include "runtime/base/base.h"

struct chan;

/* Sends what has come since the last time. For the poller: inside the runtime, on no goroutine. */
void signals_deliver(void);
/* True if a goroutine waits for a signal's channel. Nobody is inside. */
bool signals_can_wake(void);
/* Each channel that is registered for something, perhaps more than once. Nobody is inside. */
void signals_walk(void (*visit)(const struct chan *c, void *arg), void *arg);
/* Ends what is registered for a channel that is going to be closed or freed. Inside the runtime. */
void signals_forget(struct chan *c);
/* Around a fork: in the child, which cannot send to channels, signals do again what they did before goro_notify. */
void signals_before_fork(void);
void signals_after_fork(bool in_child);

#endif
