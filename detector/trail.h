/* A task's trail: the calls it is in, and the locks it holds. The part of a task that accesses look at.
 *
 * Calls are pushed on a stack of frames, each a pc and, once an access needed it, the interned call path that ends
 * there (path.h). Entering a function only stores the pc: paths are made on demand.
 *
 * Always true
 *  1. base < top <= limit; base[0] is a sentinel whose path is PATH_ROOT and which is never left.
 *  2. If a frame's path is set, it is the path of this frame and those below it.
 *  3. floor is the innermost watched frame (frames.h), the sentinel if there is none: leaving it is not simply a step down.
 *
 * Threads: the task's own; the world's stopper (world.h) reads them all. */
#ifndef GORO_DETECTOR_TRAIL_H
#define GORO_DETECTOR_TRAIL_H

#include "detector/path.h"
#include "detector/shadow.h"

struct trail_frame {
    uintptr_t pc;
    uint32_t path; /* 0: not made yet */
    uint32_t unused;
};
_Static_assert(sizeof(struct trail_frame) == 16, "a frame is 16 bytes");

struct task_trail {
    struct trail_frame *top; /* the next free frame */
    struct trail_frame *limit;
    struct trail_frame *base, *floor;
    struct frame_watch *watches; /* innermost first */
    uint32_t locks;  /* the set of locks held: a path of PATH_LOCK and PATH_TAKEN nodes (locks.h); 0 none */
    uint32_t inside; /* in parallel mode: the task is where the world must not be stopped */
    /* what a page says that is the task's own: touched, and a thread's number as its tenant (tenancy.h) */
    struct shadow_page page;
    /* the last path to which these locks were added, and what came out; PATH_NONE: none yet */
    uint32_t bare_path, locked_path;
    bool robbed; /* another task has unlocked one of its locks (locks.c); set by that one */
};

/* The sites that a thread asked for last, in a direct-mapped table: one line of cache instead of the trie's two, and half
 * the instructions. Void when numbers may have been reclaimed. (512 were not enough for a function of ten accesses under
 * 64 locks: a quarter was not found.) */
enum { RECENT_SITES = 2048 };
struct recent_site {
    uintptr_t pc;
    uint32_t path, site; /* path: of the calls and locks */
};
struct recent_sites {
    struct recent_site sites[RECENT_SITES];
    uint32_t era; /* path_era */
};
extern __thread struct recent_sites trail_recent __attribute__((tls_model("initial-exec"), visibility("hidden")));

GORO_INLINE struct recent_site *trail_recent_at(uint32_t path, uintptr_t pc) {
    return &trail_recent.sites[(pc ^ path * 29) % RECENT_SITES];
}

/* The site of an access at pc, if it is at hand; 0: it is to be asked for (trail_site). */
GORO_INLINE uint32_t trail_known_site(const struct task_trail *r, uintptr_t pc) {
    uint32_t path = r->top[-1].path;
    const struct recent_site *k;

    if (path == r->bare_path) path = r->locked_path;
    else if (unlikely(r->locks)) return 0;
    k = trail_recent_at(path, pc); /* a path of 0 has no entries */
    return likely(k->pc == pc) && likely(k->path == path) && likely(trail_recent.era == path_era) ? k->site : 0;
}

struct det_task;

/* The current call path, without and with the locks held. */
uint32_t trail_path(struct det_task *t);
/* The site of an access at pc: the interned (call path, locks held, pc). */
uint32_t trail_site(struct det_task *t, uintptr_t pc);
/* Marks what live tasks refer to; world stopped. */
void trail_mark(struct det_task *t);
void trail_check(struct det_task *t);

#endif
