/* Timers and contexts that run: started and neither stopped, rung nor cancelled.
 *
 * Threads: any, inside the world or while it is held. */
#ifndef GORO_DETECTOR_LEFTOVER_H
#define GORO_DETECTOR_LEFTOVER_H

#include "detector/task.h"

/* Is the address inside a running timer? Time will wake who waits there. */
bool leftover_is_timer(uintptr_t address);
/* A finding for each place where something was started that still runs. Outside the world. */
void leftover_report(void);

void leftover_mark(void); /* world stopped */
void leftover_engine_init(void);

#endif
