/* A word on stderr about what takes longer than two seconds, for somebody who waits at a terminal.
 *
 * Always true
 *  1. Whole lines, each in one write, without control characters: what else is printed meanwhile stays readable.
 *  2. Nothing where stderr is no terminal, or before progress_allow.
 *
 * Threads: one of its own watches the time; the functions are for the one that works. */
#ifndef GORO_REPORTS_PROGRESS_H
#define GORO_REPORTS_PROGRESS_H

#include <stdbool.h>

/* Not with --quiet. */
void progress_allow(bool allowed);
/* "compiling", "prog.c": begins; ends what was begun before. */
void progress_begin(const char *verb, const char *object);
void progress_end(void);

#endif
