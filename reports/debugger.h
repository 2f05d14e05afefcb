/* goro-race with gdb: a program that stops at each finding, and the goroutines of a process that runs.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_DEBUGGER_H
#define GORO_REPORTS_DEBUGGER_H

#include <stdint.h>

/* Runs gdb on the program; `settings` is its GORO_RACE_OPTIONS, `wire` the descriptor that it sends findings to. Returns gdb's
 * exit status; ends with 127 without a gdb. */
int debugger_run(const char *path, char **argv, const char *settings, int wire);
/* Prints all goroutines of the process with their stacks on stdout; it goes on afterwards. Returns the exit status: 0, or
 * 125 if it cannot be looked into. */
int debugger_attach(uint64_t pid);

#endif
