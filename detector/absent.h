/* Who was expected to call Done, and has not.
 *
 * Threads: any. */
#ifndef GORO_DETECTOR_ABSENT_H
#define GORO_DETECTOR_ABSENT_H

#include "detector/plight.h"

/* Adds parts to a finding or picture in which somebody waits on the WaitGroup; none if all is guesswork. While the world is held, or nobody is inside. */
void absent_tell(uintptr_t wg, struct plight *p);
/* Have all that are to call Done been seen waiting for something else? Then the mistake is not here. Likewise. */
bool absent_is_behind(uintptr_t wg);
/* If all of them wait for something else, in vain, as findings say, the number of one of these; else 0. With graph_lock, or nobody
 * inside. */
uint64_t absent_told_by(uintptr_t wg);

#endif
