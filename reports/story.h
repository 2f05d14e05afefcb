/* How a finding came about, told in steps from the events of the run that shows it.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_STORY_H
#define GORO_REPORTS_STORY_H

#include "reports/model.h"

struct story_step {
    uint64_t task;     /* 0: all of them together */
    const char *text;  /* "worker locks the mutex a"; kept string */
    const char *place; /* "abba.c:12"; NULL: unknown */
};
struct story {
    struct story_step *steps;
    size_t count, capacity;
    uint64_t omitted; /* steps before the first one */
};

/* Collects what one process did until it is told. */
struct story_events {
    struct process *process;
    struct wire_event *events;
    size_t count, capacity;
    bool full; /* there were more */
};
void story_take(struct story_events *s, struct process *p, struct wire_reader payload);
void story_forget(struct story_events *s);
/* The steps of the goroutines that f is about, and its title as the last one. To be freed with story_free. */
struct story *story_tell(const struct story_events *s, const struct model_finding *f);
void story_free(struct story *s);

#endif
