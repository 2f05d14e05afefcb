/* Two accesses that nothing orders, as the sentences about them see it (why.c, advice.c). Threads: none. */
#ifndef GORO_REPORTS_RACE_H
#define GORO_REPORTS_RACE_H

#include "reports/model.h"

/* The facts of a race, gathered once. */
struct race {
    const struct model_finding *f;
    const struct model_access *later, *earlier;
    const struct model_task *now, *then;             /* who made them */
    const struct model_lock *extra_now, *extra_then; /* a lock that only this one held; NULL if none */
    const struct model_lock *shared_then;            /* the same, as the earlier one held it */
    const struct model_lock *shared;                 /* held by both, at least once for reading only */
};

struct race race_gather(const struct model_finding *f);
/* Appends a lock's name, or "the mutex of prog.c:7". */
void race_put_lock(struct text *t, const struct model_lock *l);
/* Appends why nothing orders the two. */
void race_tell_clocks(struct text *t, const struct race *r);
/* Appends what to change. */
void race_advise(struct text *t, const struct race *r);

#endif
