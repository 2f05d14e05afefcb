/* Signals that end the process, and the end itself: crash.c says how they are told. */
#ifndef GORO_RUNTIME_CRASH_H
#define GORO_RUNTIME_CRASH_H

#include "runtime/base/base.h"

#include <signal.h>

/* Takes the signals that nobody has; when the runtime starts. */
void crash_init(void);
/* Only those of faults; before that, if there is a watcher to tell. */
void crash_init_faults(void);
/* A stack for this thread's handlers. */
void crash_thread_init(void);
/* Does what the disposition `to` would have done with a signal that came to us: for whoever has replaced it. The default
 * action is that of a signal that kills, and returns so that a fault may come again. */
void crash_pass_on(const struct sigaction *to, int signal, siginfo_t *info, void *ucontext);

/* True: this thread is the first to end the process, and tells why. False: it is at it already, and has come to another
 * mistake. Threads that come later never return. In a signal handler, too. */
bool ending_begin(void);
/* GORO_TRACEBACK=all: every goroutine's stack is shown, whatever the reason. */
bool traceback_all(void);

#endif
