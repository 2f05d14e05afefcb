/* The formats: each turns findings of the one model into its own bytes. None of them decides anything.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_WRITERS_H
#define GORO_REPORTS_WRITERS_H

#include "reports/words.h"

#include <stdio.h>

/* What a report says of the run as a whole. */
struct run {
    const char *again; /* the command line that repeats it, without the seed; NULL: unknown */
    bool degraded;     /* the program had to give something up: findings may be missing */
    bool parallel;     /* a seed does not bring the schedule back */
    bool color, quiet, verbose;
    bool picture; /* what is written is no finding, but a picture of all goroutines */
    bool utf8;    /* drawings may use more than ASCII */
    int width;    /* columns */
};

/* One finding for a reader at a terminal: at most 30 lines (more with verbose). */
void write_text(struct text *out, const struct model_finding *f, const struct run *run);

/* Who waits and who runs, a piece of a picture; whole. */
void write_picture(struct text *out, const struct model_finding *f, const struct run *run);

/* One finding as one line of JSON. */
void write_json(struct text *out, const struct model_finding *f, const struct run *run);
void put_json_string(struct text *out, const char *s); /* with the quotes; NULL gives null */

/* All findings (list by next) as one document. */
void write_sarif(struct text *out, const struct model_finding *all, const struct run *run);
void write_html(struct text *out, const struct model_finding *all, const struct run *run);
void write_junit(struct text *out, const struct model_finding *all, const struct run *run);
/* One finding as one line of GitHub's workflow commands. */
void write_github(struct text *out, const struct model_finding *f);

#endif
