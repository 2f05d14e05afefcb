/* What a goroutine has done with each of the last few WaitGroups: from its first Add to its zero, a WaitGroup is in a
 * round, and rounds are numbered in the order in which they began, over all WaitGroups.
 *
 * Threads: the record's task by its own, under the lock of waitgroup.c, which readers take, too. */
#ifndef GORO_DETECTOR_TALLY_H
#define GORO_DETECTOR_TALLY_H

#include "detector/task.h"

struct tally {
    uintptr_t wg;
    uint32_t round;       /* that these are of, the last one in which the task had to do with it */
    uint32_t adds, dones; /* they stop at their greatest value */
    uint32_t before;      /* dones in earlier rounds */
    uint32_t ended;       /* how many rounds had begun when the task ended */
    uint32_t next;        /* handle; 0: none */
    bool given;           /* its arguments led to the WaitGroup */
};

/* How many rounds have begun; numbers may come round. */
uint32_t tally_round(void);
/* Number of the round that begins. */
uint32_t tally_begin_round(void);
/* Did a task that was born then come after that round's first Add? */
GORO_INLINE bool tally_is_since(uint32_t born, uint32_t round) { return (int32_t)(born - round) >= 0; }

/* An Add of delta, or a Done. */
void tally_count(struct task_record *r, uintptr_t wg, uint32_t round, int64_t delta);
/* The task was given the WaitGroup at its start. */
void tally_give(struct task_record *r, uintptr_t wg, uint32_t round);
/* NULL: nothing, or (if the record's tallies_lost) nothing that is known. */
const struct tally *tally_of(const struct task_record *r, uintptr_t wg);

void tally_task_end(struct task_record *r);
void tally_forget(struct task_record *r); /* the record goes; world stopped */
void tally_engine_init(void);

#endif
