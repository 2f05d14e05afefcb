/* Frames on the stack whose locals others have been given the address of: leaving one is the end of these locals.
 *
 * The front says which call's frame it is and where that lies (det_watch); the trail's floor sees to it that leaving the
 * call comes here. Then all of the frame is written, in the sense of happens-before, at a site that says so: whoever uses a
 * local of it and is not ordered before the return is found, whether it comes earlier or later, as with a free. But the
 * memory does not stay freed: the next calls of the task have their frames there.
 *
 * So what the return wrote is soon overwritten by the task itself. A table of the last returns knows then that a race with
 * the new owner of the bytes is a use of the old one.
 *
 * Threads: a trail's watches are its task's own; the table has a lock, taken inside the world, and nothing is taken under it. */
#ifndef GORO_DETECTOR_FRAMES_H
#define GORO_DETECTOR_FRAMES_H

#include "detector/history.h"
#include "detector/task.h"

struct frame_watch {
    struct frame_watch *outer;
    uint32_t depth; /* of the call: its frame in the trail is base + depth */
    uintptr_t low, high, given;
    uint64_t left; /* key behind the site where it is left (PATH_LEFT) */
};

/* The trail has moved, or its watches have changed. */
void frames_set_floor(struct task_trail *r);
/* Ends all watches of calls deeper than this. */
void frames_unwatch(struct task_trail *r, uint32_t depth);
void frames_check(const struct task_trail *r);

/* The site of a return, made of that of its pc, while t leaves its innermost watched frame. */
uint32_t frames_left_site(const struct det_task *t, uint32_t site);

/* Is it one? Then where the frame was; size 0: not known. */
bool frames_is_left(uint32_t site);
uintptr_t frames_left_at(uint32_t site, size_t *size);

/* The last return of the owner of this stamp from a frame with this address, as the entry it has made; false: none is known. */
bool frames_last_left(uintptr_t address, uint64_t stamp, struct entry *e);

void frames_mark(void);
void frames_engine_init(void);

#endif
