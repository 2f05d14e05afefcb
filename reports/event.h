/* What the events of a run are about, in words.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_EVENT_H
#define GORO_REPORTS_EVENT_H

#include "reports/wire_read.h"

/* "mutex mu": the object of the event. Kept string. */
const char *event_object(struct process *p, const struct wire_event *e);
/* Is the call the unwinder's, which the runtime calls to read a stack? */
bool event_is_unwinders(struct process *p, const struct wire_event *e);
/* "race.c:10": where the event's call stands; NULL: unknown. Kept string. */
const char *event_place(struct process *p, const struct wire_event *e);

#endif
