/* Blocked for ever: the calls are detector.h's det_reach_*; this is what the engine's own files need. */
#ifndef GORO_DETECTOR_FOREVER_H
#define GORO_DETECTOR_FOREVER_H

#include "detector/task.h"

/* The last looks did not come to the task, and it waits as it did then. */
bool forever_is_lost(const struct det_task *t);

#endif
