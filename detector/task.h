/* Tasks: the engine's record of a goroutine or thread, and the question that everything is about:
 * does this task know that epoch?
 *
 * Always true
 *  1. stamp packs slot and epoch. No other live task has this slot.
 *  2. clock holds what is known of other slots. Its entry of the task's own slot may lag behind: epoch is the truth.
 *  3. A record outlives its task: it is found by (slot, epoch) as long as anything refers to it (a shadow cell, a heap
 *     block), whoever has the slot then.
 *
 * Threads: a live task by one thread at a time; records are immutable but for task, moved_to and name, which change
 * under the registry's lock or before another thread can know the record. */
#ifndef GORO_DETECTOR_TASK_H
#define GORO_DETECTOR_TASK_H

#include "detector/cell.h"
#include "detector/clock.h"
#include "detector/detector.h"
#include "detector/epoch.h"
#include "detector/trail.h"

enum { TASK_NAME_MAX = 48, TASK_BOUNDS = CLOCK_FAN };

/* What findings tell of a task, dead or alive, in one tenure of a slot (a task that ran out of epochs has several). */
struct task_record {
    uint64_t id, parent_id;
    uintptr_t entry;
    uint64_t parent_stamp;       /* its parent's last epoch before the creation; 0 none */
    struct det_task *task;       /* NULL once ended */
    uint32_t created_site;       /* shadow's handle of the call path and pc that created it; 0 none */
    uint32_t slot, first;        /* the tenure: the slot, from which epoch on */
    uint32_t older, jump, index; /* slot.c: the tenure before, one far before, how many before */
    uint32_t moved_to;           /* the task's next tenure; 0: this is its last */
    uint32_t name;               /* handle of name_length bytes, no NUL */
    uint32_t born, tallies;      /* tally.c: how many rounds had begun; what it did with WaitGroups */
    uint8_t kind;                /* enum det_task_kind */
    uint8_t name_length;         /* at most TASK_NAME_MAX */
    bool parent_thread;          /* parent_id is the number of a thread */
    bool pinned;                 /* one of several tenures of a task: never forgotten */
    bool marked;                 /* slot_sweep: something refers to it */
    bool tallies_lost;           /* it used more WaitGroups than are kept */
};

/* What a task waits on: see waitgraph.c. */
struct task_wait {
    uintptr_t object;
    uint64_t since_ns;
    uint64_t finding;       /* number of the finding that says that it waits in vain; 0 none */
    struct det_task *cause; /* while a cycle is searched: who was found to wait for this one */
    uint32_t search;        /* the last search that came here */
    uint32_t site, cases;
    uint8_t kind;      /* enum finding_object; 0: it does not wait */
    uint8_t how;       /* enum det_block_how */
    bool suspect;      /* it closed a cycle that has not been told yet */
    bool entered;      /* what it holds is in ownership.c's table */
    bool cycle;        /* the finding is about a cycle of locks */
    uintptr_t more[3]; /* the next objects of a select */
    uintptr_t *rest;   /* and those after them; kept for the next one */
    uint32_t rest_room;
};

enum { TASK_WAIT_FIRST = 4 }; /* the object and `more` */

/* How many of its cases' objects are kept; for want of memory not all are. */
GORO_INLINE uint32_t task_wait_known(const struct task_wait *w) {
    uint32_t room = TASK_WAIT_FIRST + w->rest_room;
    return w->cases < room ? w->cases : room;
}
GORO_INLINE uintptr_t task_wait_object(const struct task_wait *w, uint32_t i) {
    return i == 0 ? w->object : i < TASK_WAIT_FIRST ? w->more[i - 1] : w->rest[i - TASK_WAIT_FIRST];
}

struct det_task {
    uint64_t stamp;
    uint64_t word;    /* hot: a cell of this stamp, mask 0 (cell.h); set with it */
    uint64_t touched; /* shadow stores the stamp of each cell it makes here: has this epoch been used? */
    uint32_t ignore;  /* det_ignore_begin nesting; hot */
    uint32_t slot;    /* of stamp */
    uint32_t hidden;  /* reads that a list had, and no cell (granule_has_noted) */
    bool heard;       /* the clock has grown since task_renew_bounds */
    /* hot: the greatest cell known of each of the first slots, its own slot's being any. May lag behind the clock. */
    uint64_t bounds[TASK_BOUNDS];
    struct clock_tree clock;
    struct task_trail trail;
    /* Certificates: a clock that knows base contains all that this task knows of others; one that knows prior contains
     * all of that but (at most) the stamp extra. */
    uint64_t base, prior, extra;
    uint64_t absorbed; /* the last stamp left anywhere (as a certificate) without having been published */
    uint64_t weight;   /* grows with every publication heard of: orders knowledge, newest first */
    /* C11 fences: what earlier relaxed loads saw, what a release fence left behind (NULL: nothing). */
    struct task_fences *fences;
    struct task_meetings *meetings; /* meeting.h; NULL: none kept */
    struct task_record *record;
    struct task_wait wait;
    uint32_t wait_changes;  /* of wait; odd while it changes */
    uint32_t lost_at;       /* forever.c: the wait that `lost` is about, by its wait_changes */
    uint8_t lost;           /* looks in a row in which nothing reached it */
    struct lock_hold *open; /* lockorder.c: its last requests, as long as nothing but their locks has told of them */
    uintptr_t stack_low, stack_high;
    uintptr_t moved[4]; /* tenancy.c: where the pages end that it has taken from tenants, in several places at once */
    unsigned moves;
    struct det_task *next_alive, *prev_alive;
};

GORO_INLINE uint32_t task_epoch(const struct det_task *t) { return stamp_epoch(t->stamp); }

/* The certificate to publish with. A task that knows everything (for want of memory) did not have to learn what it
 * heard since, so its base does not certify that. */
GORO_INLINE uint64_t task_base(const struct det_task *t) { return clock_knows_all(&t->clock) ? BASE_NEVER : t->base; }

/* Does t know the epoch, that is: is everything done by the slot's owner up to and in that epoch ordered before
 * what t does now? Bits of `stamp` above STAMP_BITS are ignored. Hot. */
GORO_INLINE bool task_knows(const struct det_task *t, uint64_t stamp) {
    uint32_t slot = stamp_slot(stamp);
    return slot == t->slot || clock_get(&t->clock, slot) >= stamp_epoch(stamp);
}

/* The greatest cell of a stamp. */
GORO_INLINE uint64_t task_bound(uint32_t slot, uint32_t epoch) {
    return cell_of_stamp(stamp_make(slot, epoch)) | (((uint64_t)1 << CELL_STAMP_SHIFT) - 1);
}

/* Does t know the stamp of the cell? Without a call; may be false of what it knows. (A comparison of whole cells: six
 * instructions where the clock takes fifteen.) */
GORO_INLINE bool task_knows_cell(const struct det_task *t, uint64_t cell) {
    uint32_t slot = (uint32_t)(cell >> (CELL_STAMP_SHIFT + EPOCH_BITS));
    return (likely(slot < TASK_BOUNDS) && likely(cell <= t->bounds[slot])) || slot == t->slot;
}
/* Makes the bounds what the clock says, if that is of few slots. */
void task_renew_bounds(struct det_task *t);

/* What t last heard of a slot (its own epoch if it is its own); 0: nothing. */
GORO_INLINE uint32_t task_heard(const struct det_task *t, uint32_t slot) {
    return slot == t->slot ? task_epoch(t) : clock_get(&t->clock, slot);
}

/* Whose epoch that was, even if the slot has had other owners since. NULL if nobody's. */
const struct task_record *task_of_stamp(uint64_t stamp);
/* The same task's, by which it is known in findings. */
const struct task_record *task_last_tenure(const struct task_record *r);
/* Has t heard anything that the stamp's task said since its creation? */
bool task_heard_of(const struct det_task *t, uint64_t stamp);
/* At most TASK_NAME_MAX - 1 bytes and a NUL. */
void task_copy_name(const struct task_record *r, char *to);
/* By the user's id, the youngest of that id; NULL unknown. Slow. */
const struct task_record *task_of_id(uint64_t id);
/* Calls `visit` for the record of every task that is or was, as far as it is kept; while nothing is reclaimed. */
void task_each_record(void (*visit)(const struct task_record *r, void *arg), void *arg);
/* Calls `visit` for every live task, under the registry's lock. */
void task_each_alive(void (*visit)(struct det_task *t, void *arg), void *arg);
uint64_t task_alive_count(void);

/* Provided by shadow (trail.c): a new task's trail, and which site of the parent created it (parent NULL: none); and
 * its end. */
void task_trail_begin(struct det_task *t, struct det_task *parent, uintptr_t pc);
void task_trail_end(struct det_task *t);

/* Goes on to the next epoch, after a publication. */
GORO_INLINE void task_set_stamp(struct det_task *t, uint64_t stamp) {
    t->stamp = stamp;
    t->word = cell_of_stamp(stamp);
}
GORO_COLD void task_move_slot(struct det_task *t);
extern uint32_t slot_epoch_limit;
GORO_INLINE void task_advance(struct det_task *t) {
    if (unlikely(task_epoch(t) >= slot_epoch_limit)) task_move_slot(t);
    else task_set_stamp(t, t->stamp + 1);
}

/* While the world is stopped to reclaim (world.h): records that ended and that nothing refers to are forgotten. Begin,
 * name each stamp and each record that is referred to, end. */
void task_sweep_begin(void);
void task_mark(uint64_t stamp);
void task_mark_record(uintptr_t record);
void task_sweep_end(void);

void task_engine_init(void);
void task_engine_fini(void);
void task_engine_stats(struct det_stats *out);
void task_check(void);

#endif
