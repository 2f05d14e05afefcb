/* A schedule as the list of its decisions: where it differs from letting each goroutine run until it waits. They are noted
 * while a strategy chooses, and followed when the schedule, or a part of it, is run again.
 *
 * A decision is bound to its goroutine and to how far that has come (in reads, as the countdown to the next switch point
 * weighs them), not to a step of the whole run: so the others keep their meaning when some are left out.
 *
 * Threads: inside the runtime, one goroutine at a time. */
#ifndef GORO_INSTRUMENT_DECISIONS_H
#define GORO_INSTRUMENT_DECISIONS_H

#include "detector/wire.h"
#include "runtime/base/base.h"

#include <stdbool.h>

/* Decisions are noted or followed; and: followed, so that no strategy is asked. From decisions_begin on. */
extern GORO_HIDDEN bool decisions_on, decisions_followed;

/* s->flags say which of the two; `list` are s->decisions to follow, and lives on, as does `notes`, which is shared with
 * whoever reads it when this process has ended: what was noted, or which of the list came to pass. */
void decisions_begin(const struct wire_schedule *s, const struct wire_decision *list, struct wire_notes *notes);
/* The goroutine of this id runs from here on. */
void decisions_switch(uint64_t id);
/* Who runs next, of n >= 2, where a strategy has chosen `chosen` (not looked at if decisions are followed). */
unsigned decisions_next(unsigned n, uint64_t (*id_of)(const void *q, unsigned i), const void *q, unsigned chosen);
/* Which of n ready cases. */
unsigned decisions_case(unsigned n, unsigned chosen);
/* The running goroutine gives way on its own will. */
void decisions_gave_way(void);
/* Followed: how many reads it is to the running goroutine's next switch point. */
int32_t decisions_fuel(void);

#endif
