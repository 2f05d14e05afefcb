/* Running single schedules, one after another, in a worker of their own: to see again what one has shown, or whether another
 * shows it.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_RERUN_H
#define GORO_REPORTS_RERUN_H

#include "reports/dfs.h"
#include "reports/explore.h"
#include "reports/schedule_text.h"

/* One search. */
struct rerun {
    const struct explore *e;
    const struct marks *marks; /* that its schedules know */
    bool (*stopped)(void);     /* asked now and then: true ends the search */
    int left;                  /* runs; one that hangs costs many */
    struct wire_notes notes;   /* of the last one */
};

/* Runs it; `d` are the decisions to follow, `order` is of those that need one. What it has sent comes to `records`, which
 * is empty before and to be dropped (schedule_drop). False: it did not come to its end, or was not begun. */
bool rerun_schedule(struct rerun *r, const struct wire_schedule *asked, const struct decisions *d,
                    const struct dfs_order *order, struct schedule *records);
/* Ends the worker. */
void rerun_end(void);

#endif
