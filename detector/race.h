/* From races noted in a granule to findings. */
#ifndef GORO_DETECTOR_RACE_H
#define GORO_DETECTOR_RACE_H

#include "detector/history.h"

/* Reports the races of the access with the granule at `address`, unless their like has been reported, and empties the
 * list. The caller is inside the world and holds nothing; it is outside for a while in between, so that path numbers
 * it knew are void afterwards (the access's own site is reset). Returns whether that happened. */
GORO_COLD bool race_report(struct access *a, uintptr_t granule);

/* The number of a new finding of this code, 0 if its like has been reported: a and b identify it, in either order. */
uint64_t race_enter(const char *code, uint64_t a, uint64_t b);

uint64_t race_count(void);
void race_engine_init(void);
void race_engine_fini(void);

#endif
