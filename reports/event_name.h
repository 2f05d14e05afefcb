/* How the objects of events are called: by the variable, or as the call in the source names them.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_EVENT_NAME_H
#define GORO_REPORTS_EVENT_NAME_H

#include "reports/model.h"

struct event_name {
    const char *name;  /* "mutex mu"; kept */
    const char *place; /* "race.c:10", kept; NULL: unknown */
    bool unwinders;    /* the call is the unwinder's: the runtime at work */
};

/* Of the object e->other at the call e->pc. Valid until so many others have been asked for that memory ends: use at once. */
const struct event_name *event_name(struct process *p, const struct wire_event *e);
void event_names_free(void);

#endif
