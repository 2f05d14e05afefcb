/* Groups of goroutines that wait alike, and what is told of them. The calls of detector.h are in census.c, too.
 *
 * Threads: a census is its maker's. */
#ifndef GORO_DETECTOR_CENSUS_H
#define GORO_DETECTOR_CENSUS_H

#include "detector/plight.h"

enum { GROUPS_MAX = FINDING_PARTS_MAX };

/* Those that wait at the same place alike; the first of them, by its number, stands for all. */
struct group {
    struct task_wait wait;
    const struct task_record *record;
    uint64_t count, lost; /* lost: of them, those that the last looks did not come to */
};

bool group_is_same(const struct group *g, const struct det_task *t, const struct task_wait *w);
/* One more; of an empty group the first. */
void group_add(struct group *g, const struct det_task *t, const struct task_wait *w);

struct census {
    struct group groups[GROUPS_MAX]; /* by their numbers, once all are in */
    uint32_t count;
    uint64_t omitted;
    uint64_t others; /* that do not wait on a WaitGroup */
    bool all;        /* or only those that wait in vain at main's end */
};

/* A census of the live tasks that `look` adds; NULL: no memory, and that is said. */
struct census *census_take(bool all, void (*look)(struct det_task *t, void *census));
void census_free(struct census *c);
/* One more, who waits so. */
void census_add(struct census *c, struct det_task *t, const struct task_wait *w);

/* Does time or I/O end the wait? */
bool census_waits_for_time(const struct task_wait *w);
/* GW001: those whose WaitGroup nobody can bring to zero. NULL as plight_new. While the world is held. */
struct plight *census_missing_done(const struct group *g);
/* Of a wait on a WaitGroup: where was counted, and who was to. Likewise. */
void census_tell_counted(const struct task_wait *w, struct plight *p);

#endif
