/* Threads that are away: in a call that only waits (read, poll, pthread_join, ...), in which they change nothing that the program
 * could look up a pointer in. A look for who waits for ever needs memory that stands still; it takes place beside them if they
 * can be kept where they are: one that returns meanwhile waits for the look's end.
 *
 * What such a thread sees is on its stack: AWAY has its registers saved there.
 *
 * Threads: AWAY on any; the others one at a time. */
#ifndef GORO_INSTRUMENT_AWAY_H
#define GORO_INSTRUMENT_AWAY_H

#include "instrument/front.h"

/* By the wrapper of a call at pc; goro's own are nobody's. */
GORO_NOINLINE void away_begin(uintptr_t pc);
GORO_NOINLINE void away_end(void);

/* The value of a call made at pc, which changes no memory of the program's but what the kernel fills in. */
#define AWAY(pc, call)                                                                                                 \
    __extension__({                                                                                                    \
        __builtin_unwind_init();                                                                                       \
        away_begin(pc);                                                                                                \
        __typeof__(call) away_value = (call);                                                                          \
        away_end();                                                                                                    \
        away_value;                                                                                                    \
    })

/* Around what a signal's handler does, which may have come in the middle of such a call. */
uintptr_t away_interrupted(void);
void away_resumed(uintptr_t was);
/* Threads may be ended in the middle of a call (pthread_cancel), and then run something else: nobody is kept from here on. */
void away_unsure(void);

/* Has a thread been away for some milliseconds? By the one who calls hook_tick, about every millisecond. */
bool away_tick(void);
/* Does anybody wait for the end of a look? */
bool away_waited_for(void);
/* In a look, between hook_hold and hook_let_go: what those see who are away. */
void away_walk(struct det_reach *r);

#endif
