/* The file of --record and --replay, as goro-race sees it: a head of its own, and entries that the program writes
 * (instrument/journal.h).
 *
 * Threads: none. */
#ifndef GORO_REPORTS_JOURNAL_H
#define GORO_REPORTS_JOURNAL_H

#include "reports/options.h"

struct journal {
    int fd; /* for the program: inherited */
    /* the head */
    uint64_t seed;
    bool is_virtual;
    char **words; /* PROGRAM and its arguments, NULL at the end */
    /* what is behind it */
    uint64_t entries;
    bool whole; /* the last one says that the program ended */
};

/* Makes the file anew, with this head. Ends goro-race with 125 if that cannot be. */
void journal_create(struct journal *j, const char *path, uint64_t seed, const struct options *o);
/* Reads it, and leaves fd at the first entry. Ends goro-race with 125 if it is no journal. */
void journal_open(struct journal *j, const char *path);
/* After the recording: what has become of it. False, and told, if it is not whole though the program has ended by itself. */
bool journal_check(const char *path, bool killed);

/* For tests: the head and the entries of n bytes; false if they do not begin with a head. */
bool journal_parse(struct journal *j, const uint8_t *bytes, size_t n);

#endif
