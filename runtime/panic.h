/* How the runtime ends a program for a mistake of the user's: Go's text, the goroutine's stack, exit status 2.
 *
 * Findings that a watcher holds are delivered first. Threads: any; locks of the runtime may be held (they are
 * never taken again). `pc` is the return address of the user's call. */
#ifndef GORO_RUNTIME_PANIC_H
#define GORO_RUNTIME_PANIC_H

#include "runtime/base/base.h"

/* "panic: TEXT", as for errors that Go raises by panic ("send on closed channel"). */
_Noreturn GORO_COLD void panic_user(const char *text, uintptr_t pc);
/* "fatal error: TEXT", as for errors that Go's runtime throws ("sync: unlock of unlocked mutex"). */
_Noreturn GORO_COLD void fatal_error(const char *text, uintptr_t pc);

#endif
