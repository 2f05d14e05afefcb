/* What the engine does around fork(); the calls are detector.h's. */
#ifndef GORO_DETECTOR_FORK_H
#define GORO_DETECTOR_FORK_H

void fork_engine_init(void); /* before the rooms that have locks */

#endif
