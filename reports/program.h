/* The program to be run: finding it, and saying why it cannot be run.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_PROGRAM_H
#define GORO_REPORTS_PROGRAM_H

#include <stdbool.h>

/* The path of the program a shell would run for `name`, to be freed. If there is none: complains, ends with 127
 * (nothing of that name) or 126 (something that cannot be run). */
char *program_find(const char *name);

/* Ends with status 126 or 127 and a sentence that says why execve(path) failed with `error`. */
_Noreturn void program_cannot_run(const char *path, int error);

/* Is this word of the command line a C source file (by its name)? */
bool program_is_source(const char *name);

/* The path of a file of ours, named from the folder that bin/ is in ("share/goro/x"); whether there is one is not asked. To be
 * freed. */
char *program_file(const char *name);

/* The executable of this name beside goro-race itself, else on PATH; NULL if there is none. To be freed. */
char *program_beside(const char *name);

#endif
