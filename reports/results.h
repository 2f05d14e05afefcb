/* A results file (--results): what an exploration has found, and how far it has come. A run that is begun again with the
 * same file goes on there; goro-race merge makes one report of several.
 *
 * JSON Lines: the first tells of the exploration, and its "done" is changed in place; the others are findings, as
 * --json writes them.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_RESULTS_H
#define GORO_REPORTS_RESULTS_H

#include "reports/explore.h"

#include <jansson.h>

/* What a first line says. */
struct progress {
    uint64_t seed, of, done; /* of: UINT64_MAX if a time was given */
    struct shard shard;
};
/* False: the line is none. */
bool results_first_line(const json_t *line, struct progress *p);

/* Opens the file that --results names, and takes over what is in it: findings, e->seed if none is given, e->done. Ends
 * goro-race with 125 if it is of another exploration. After report_begin. */
void results_open(struct explore *e);
/* A finding's line; nothing happens without such a file, or while it is being read. */
void results_finding(const char *line, size_t n);
/* The shard's next schedule is done, and what it found is written. */
void results_done(void);
/* False: something could not be written; it has been said. */
bool results_close(void);

#endif
