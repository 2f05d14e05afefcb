/* Reduces the schedule that shows a finding to the fewest decisions that still do, and tells how the finding comes about.
 *
 * Threads: none. Runs schedules of its own (rerun.h). */
#ifndef GORO_REPORTS_REDUCE_H
#define GORO_REPORTS_REDUCE_H

#include "reports/dfs.h"
#include "reports/explore.h"
#include "reports/model.h"

struct reduced {
    char *command;                   /* "goro-race --replay @17:2p340-3 ./prog"; owned */
    uint32_t decisions, preemptions; /* that are left; of them, where a goroutine could have gone on */
    uint32_t before;                 /* decisions of the schedule that was found; 0: it was given as it is */
    struct story *story;             /* owned */
};

/* Sets f->reduced, if the schedule can be run again by its decisions. `asked` is what showed the finding, with `given`
 * as its decisions if it followed some; `marks` are what its process knew, `order` is its place in a systematic search. `stopped` is asked now and then: true ends the search, with what it has. */
void reduce_finding(struct model_finding *f, const struct explore *e, const struct wire_schedule *asked,
                    const struct wire_decision *given, const struct marks *marks, struct dfs_order order,
                    bool (*stopped)(void));
void reduced_free(struct reduced *r);

#endif
