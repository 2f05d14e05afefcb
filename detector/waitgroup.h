/* What the engine remembers of a WaitGroup while its counter is not zero: where was added, where was done.
 *
 * Threads: any. */
#ifndef GORO_DETECTOR_WAITGROUP_H
#define GORO_DETECTOR_WAITGROUP_H

#include "detector/plight.h"
#include "detector/tally.h"

/* From the Add that left zero behind to the next zero. */
struct waitgroup_round {
    uint64_t missing; /* what was added and not done */
    uint32_t number;  /* tally.h */
    uint32_t sweeps;  /* slot_sweeps at its beginning */
};
/* False: its counter is zero, as far as is known. */
bool waitgroup_round(uintptr_t wg, struct waitgroup_round *round);
/* What the task has done with it; false: nothing. */
bool waitgroup_tally(const struct task_record *r, uintptr_t wg, struct tally *out);

/* The WaitGroup's Add and Done sites as parts of a finding. Inside the world, or while it is held. */
void waitgroup_tell(uintptr_t wg, struct plight *p);

void waitgroup_mark(void); /* world stopped */
void waitgroup_engine_init(void);

#endif
