/* A schedule to be typed: @SEED:DECISION,DECISION,... as --replay takes it. A decision is TASK, its kind's letter, AT-TO:
 * @17:2p340-3 is the time of seed 17, and goroutine 2 put aside behind 340 reads, for goroutine 3.
 *
 * Threads: none. */
#ifndef GORO_REPORTS_SCHEDULE_TEXT_H
#define GORO_REPORTS_SCHEDULE_TEXT_H

#include "reports/memory.h"
#include "detector/wire.h"

struct decisions {
    struct wire_decision list[WIRE_DECISIONS_MAX];
    uint32_t count;
};

void schedule_text_put(struct text *t, const struct wire_schedule *s, const struct decisions *d);
/* False: the text is none. Sets all of s that following decisions needs. */
bool schedule_text_read(const char *text, struct wire_schedule *s, struct decisions *d);

#endif
