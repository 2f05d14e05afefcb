/* goro-race prog.c, goro-race bench prog.c: compiles C files to a temporary program.
 *
 * Threads: none. One at a time. */
#ifndef GORO_REPORTS_COMPILE_H
#define GORO_REPORTS_COMPILE_H

/* The program and its arguments: what stands in `words`, or, if the first of them are C files, what these are compiled to
 * (arguments then follow a --) by goro-cc with these flags (NULL at the end). Sets *argv; returns the path. Ends goro-race
 * with 125 if a file cannot be read or the compiler says no, with 126 or 127 if there is no such program. */
const char *compile_or_find(char **words, const char *const *flags, char ***argv);
/* Removes the temporary program. Runs at exit by itself; harmless if there is none. */
void compile_remove(void);

#endif
