/* The locks that a task holds, as part of its sites: a report says which were held at either access.
 *
 * Threads: the task's own. */
#ifndef GORO_DETECTOR_LOCKS_H
#define GORO_DETECTOR_LOCKS_H

#include "detector/finding.h"
#include "runtime/base/base.h"

struct lock_held {
    enum finding_object kind;
    uintptr_t address;
    bool read;
    uint32_t taken; /* site */
};

/* The locks of a set (a path of PATH_LOCK and PATH_TAKEN nodes), the last taken first. Returns how many of the at most
 * `room` there are. */
uint32_t locks_of(uint32_t set, struct lock_held *to, uint32_t room);
/* Is there a lock in both that lets one in at a time? (Of the 16 taken last.) */
bool locks_exclude(uint32_t one, uint32_t other);

#endif
