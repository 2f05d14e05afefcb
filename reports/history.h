/* What the goroutines of a finding did before it: their last operations on channels, locks and WaitGroups, in the order in
 * which they came, and which of them told which. For the timeline of the HTML report.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_HISTORY_H
#define GORO_REPORTS_HISTORY_H

#include "reports/model.h"

#define NO_MOMENT ((size_t)-1)
/* Threads are counted apart from goroutines: this bit, in a key, tells the number of one. */
#define HISTORY_THREAD (UINT64_C(1) << 63)

struct moment {
    uint64_t order;           /* grows with time */
    uint64_t task;            /* who did it: the key of one of the finding's, or of who started one of them */
    uint64_t to;              /* whom it started; 0: nobody */
    size_t from;              /* the moment that it heard of by this; NO_MOMENT: none */
    const char *text, *place; /* kept; place NULL: unknown */
    uint64_t lock;            /* whose state it changes; 0: none */
    bool unlocks;
    uint64_t skipped; /* moments left out right before it */
};

struct history {
    size_t count;
    struct moment *moments;
    size_t earlier; /* of a race: the earlier access came right before this one (count: after all) */
};

/* One WIRE_EVENTS record. */
void history_events(struct process *p, struct wire_reader payload);
/* Sets f->history, if events of its goroutines have come and this is not the thousandth finding. */
void history_attach(struct model_finding *f);
void history_free(struct history *h);
/* Forgets the events: what comes next is another run's. */
void history_next_run(void);
/* Gives back what the events were kept in. */
void history_end(void);

struct text;
/* As JSON: {"earlier":n,"moments":[{"goroutine":..,"text":..,"at":..,"from":index,"to":goroutine,"locks":n,...}]}. */
void history_put(struct text *out, const struct history *h);

#endif
