/* goro-race --explore: many schedules of one program, and what they find together.
 *
 * Threads: none; the schedules run in processes of their own, one for each CPU at a time. */
#ifndef GORO_REPORTS_EXPLORE_H
#define GORO_REPORTS_EXPLORE_H

#include "reports/options.h"
#include "reports/shard.h"
#include "detector/wire.h"

/* Instructions at which goroutines meet (instrument/sharing.h). */
struct marks {
    uint16_t list[WIRE_MARKS_MAX];
    size_t count;
};

struct explore {
    /* given */
    const struct options *options;
    const char *path;
    char **argv;
    uint64_t seed;                    /* of the first schedule; the next ones count on */
    const struct wire_schedule *only; /* the one schedule to run, by its decisions; NULL: explore */
    const struct wire_decision *decisions;
    bool twice;         /* each schedule, to see whether both runs are the same */
    struct shard shard; /* of the seeds: the part that is run here */
    uint64_t done;      /* schedules of it that were run before */

    /* told */
    int status;            /* of the first schedule that did not end with 0, as waitpid gives it */
    uint64_t run;          /* schedules that have been run to their end, or ended by us */
    bool not_instrumented; /* nobody asked for schedules */
    bool differs;          /* two runs of one schedule; has been told */
    bool diverged;         /* `only` could not be followed; has been told */
};

/* Runs schedules until as many are run, or as much time has passed, as --explore says, or until a signal asks for the end;
 * reports what they find in the order of their seeds, and says at the end what was done. */
void explore_run(struct explore *e);

/* The strategy that --strategy names, and pct's depth; ends goro-race with 125 if there is none of that name. */
enum wire_strategy explore_strategy(const struct options *o, uint32_t *depth);

#endif
