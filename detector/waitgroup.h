/* What the engine remembers of a WaitGroup while its counter is not zero: where was added, where was done.
 *
 * Threads: any. */
#ifndef GORO_DETECTOR_WAITGROUP_H
#define GORO_DETECTOR_WAITGROUP_H

#include "detector/plight.h"

/* The WaitGroup's Add and Done sites as parts of a finding. Inside the world, or while it is held. */
void waitgroup_tell(uintptr_t wg, struct plight *p);

void waitgroup_mark(void); /* world stopped */
void waitgroup_engine_init(void);

#endif
