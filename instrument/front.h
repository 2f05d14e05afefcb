/* What all fronts share: who this thread runs, starting the engine, and which code is instrumented.
 *
 * Always true
 *  1. front_self.task is the task that this thread acts for, or NULL: a thread of the runtime between goroutines, or a
 *     thread that nobody has told us of yet. front_task() is never NULL.
 *  2. Nothing here keeps a thread-local's address across running_switch_point: a goroutine may come back elsewhere.
 *
 * Threads: any, also inside somebody else's malloc: nothing here allocates or calls stdio. */
#ifndef GORO_INSTRUMENT_FRONT_H
#define GORO_INSTRUMENT_FRONT_H

#include "detector/access.h"
#include "detector/detector.h"
#include "instrument/options.h"
#include "instrument/strategy.h"
#include "runtime/base/base.h"

#define FRONT_HERE ((uintptr_t)__builtin_return_address(0))

struct front_thread {
    struct det_task *task;
    struct det_task
        *quick; /* task, but NULL while each access is looked at (sharing.h); changed by front_act_for alone */
    struct det_task *own; /* of a thread nobody announced, and of the scheduler: one that is never judged */
    int32_t fuel;         /* counted down to the next switch point */
    uint32_t number;      /* of this thread among those that run goroutines; 0: none yet */
    bool signals;         /* some have been put off (wrap_signal.c) */
    bool is_thread;       /* runs no goroutine: has no switch points */
    int32_t id;           /* the kernel's; 0: not asked for yet */
};
extern __thread struct front_thread front_self __attribute__((tls_model("initial-exec")));

/* glibc's: the stack pointer as the first function of all found it, above main's frames. */
extern void *__libc_stack_end;

/* The engine runs. Wrappers that are called earlier only do what they are named for. */
extern bool front_ready;

/* Starts the engine, once; any entry point may be the first. */
void front_start(void);
/* Makes a task for a thread that has none. */
GORO_COLD struct det_task *front_attach(void);

GORO_INLINE struct det_task *front_task(void) {
    struct det_task *t = front_self.task;
    return likely(t != NULL) ? t : front_attach();
}

/* This thread acts for t from here on; NULL: for nobody. */
GORO_INLINE void front_act_for(struct det_task *t) {
    front_self.task = t;
    front_self.quick = strategy_explores ? NULL : t;
}

struct det_task *front_main_task(void);
uint64_t front_next_thread_id(void);
uint32_t front_next_number(void);

/* -- one goroutine at a time -------------------------------------------------------------------------------------- */

GORO_COLD GORO_NOINLINE void front_out_of_fuel(void);
/* Something has happened `cost` times behind which another goroutine may be put on. Last in its caller: invariant 2. */
GORO_INLINE void front_burn(int32_t cost) {
    if (unlikely((front_self.fuel -= cost) <= 0)) front_out_of_fuel();
}
/* Runs the handlers of signals that came while this thread was inside goro. */
void front_deliver_signals(void);
/* This thread runs a goroutine no more / goes on with one: what is left of the fuel goes along, whatever the thread. */
void front_put_down(void);
void front_take_up(void);
/* A switch point is due in a place where nobody can be put on right away: true if the caller is to see to it. */
GORO_COLD bool front_point_is_due(void);
/* There are goroutines besides main, or timers: from here on there are switch points. */
void front_goroutines_begin(void);
/* The seeded source of all choices. */
uint64_t front_random(void);
/* The reads of all goroutines so far, as the countdown weighs them. */
uint64_t front_burnt(void);
/* Begins the countdown to the next switch point anew. */
void front_refill(void);
/* The program's time passes up to here. */
void front_spend(void);
/* Sets what is left of it, at a price of `cost` reads. */
void front_cut(int32_t left, int32_t cost);
/* How many have been drawn. */
uint64_t front_draws(void);
/* In a replay: runs the handlers of the signals that came here. */
void front_replay_signals(void);
/* From here on findings name this seed, and choices are drawn from the other. */
void front_reseed(uint64_t seed, uint64_t choices);

/* -- instrumented code -------------------------------------------------------------------------------------------- */

struct code_range {
    uintptr_t low, high;
};
/* The program's own code; other modules are in a list. Written once, by front_instrumented_module. */
extern struct code_range front_code;
bool front_is_instrumented_slow(uintptr_t pc);
bool front_has_instrumented(uintptr_t low, uintptr_t high); /* in [low, high) */
/* Is pc in code whose accesses we see? A call from elsewhere (libc's own, an uninstrumented library) is not judged:
 * what orders its accesses may be invisible. */
GORO_INLINE bool front_is_instrumented(uintptr_t pc) {
    return likely(pc - front_code.low < front_code.high - front_code.low) || front_is_instrumented_slow(pc);
}
/* The module that contains pc has instrumented code in it. */
void front_instrumented_module(uintptr_t pc);
/* Is pc in goro's own code? */
bool front_is_own(uintptr_t pc);

#endif
