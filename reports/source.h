/* Lines of source files, as they are now on disk.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_SOURCE_H
#define GORO_REPORTS_SOURCE_H

#include <stdbool.h>

/* Line number `line` (from 1) without its end; NULL if the file cannot be read or is shorter. Kept for good. */
const char *source_line(const char *file, unsigned line);

/* The object that the access at a column (from 1) of a line names: "account->balance", "*p", "table[i].next". Guessed
 * from the text: NULL unless it is plain. To be freed. */
char *source_object(const char *line, unsigned column, bool write);

/* The object that a call at a column is about: its first argument, by value or address, "a->mu" of
 * goro_mutex_lock(&a->mu); of chan_range(v, c) the second. NULL unless it is plain. To be freed. */
char *source_argument(const char *line, unsigned column);

#endif
