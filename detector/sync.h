/* Sync objects: one happens-before clock each, by handle or by address. The operations are detector.h's. */
#ifndef GORO_DETECTOR_SYNC_H
#define GORO_DETECTOR_SYNC_H

#include "detector/clock.h"
#include "detector/engine.h"

/* Frees the clocks of all addresses in [address, address + n). */
void sync_forget(uintptr_t address, size_t n);

void sync_engine_init(void);
void sync_engine_fini(void);
void sync_engine_stats(struct det_stats *out);
void sync_check(void);

#endif
