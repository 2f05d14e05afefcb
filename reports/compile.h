/* goro-race prog.c: compiles C files to a temporary program.
 *
 * Threads: none. One at a time. */
#ifndef GORO_REPORTS_COMPILE_H
#define GORO_REPORTS_COMPILE_H

#include <stddef.h>

/* Compiles files (names that end in .c) with goro-cc -race -g. Returns the program's path, to be removed by
 * compile_remove. Ends goro-race with status 125 if a file cannot be read or the compiler says no. */
const char *compile_sources(char **files, size_t n);
/* Removes the temporary program. Runs at exit by itself; harmless if there is none. */
void compile_remove(void);

#endif
