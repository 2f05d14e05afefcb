/* Who is running: what instrument/ may ask and tell the runtime. Nothing else of the runtime is visible there.
 *
 * Threads: all of these may be called on any thread, also one that has never been inside the runtime. */
#ifndef GORO_RUNTIME_RUNNING_H
#define GORO_RUNTIME_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

/* The watcher's handle of the goroutine that this thread runs; NULL on a thread that runs none. */
void *running_task(void);
/* Its id (main is 1), 0 if none. */
uint64_t running_id(void);
/* True if the call being made is the runtime's own (it is inside, or makes one of its threads): wrappers of libc and
 * pthread functions pass straight through. */
bool running_own_call(void);
/* Is this a thread on which the runtime runs goroutines, main's included? */
bool running_own_thread(void);
/* A place where another goroutine may be put on: called by the instrumentation every so many accesses, so that a
 * spinning goroutine lets the others go on. Returns at once on a thread that runs no goroutine. May come back on
 * another thread: the caller keeps no thread-local address across it. */
void running_switch_point(void);
/* Until running_release, which is given what this returned, the calling goroutine keeps its processor though it may block in
 * a call: one of the watcher's own, which would take the others' order from the seed. */
bool running_hold(void);
void running_release(bool held);
/* In a look: does somebody wait until it is over? */
bool running_waited_for(void);
/* Changes whenever a goroutine is put on, mostly. Any thread. */
uint32_t running_turns(void);
/* On the monitor's thread (hook_tick): if no goroutine runs, and nobody could make one run but time, I/O or a signal, calls
 * `look` while none can begin; also beside goroutines and threads that hook_hold keeps where they are. False: it was not called. */
bool running_quiet(void (*look)(void *arg), void *arg);
/* The same on the thread of a goroutine that is not inside the runtime: if no other one runs, and no thread of the program's
 * own. What that goroutine has in its registers is on its stack, above the frame of `look`. Never after main has left a
 * timer in a frame that is no more. */
bool running_alone(void (*look)(void *arg), void *arg);
/* In such a look: what the runtime knows of memory. */
struct running_walk {
    /* A goroutine that does not run, with its registers at or above sp; then `besides`, more memory of its own. */
    void (*goroutine)(void *arg, void *task, uintptr_t sp);
    void (*besides)(void *arg, const void *low, const void *high);
    /* Memory that a timer, say, will hand to a goroutine; an object that a signal or a deadline will touch. */
    void (*memory)(void *arg, const void *low, const void *high);
    void (*object)(void *arg, const void *object);
    void *arg;
};
void running_walk(const struct running_walk *walk);
/* A call on the stack of the caller's: where it goes on, and its stack pointer and frame pointer there. */
struct running_call {
    uintptr_t pc, sp, fp;
    bool here; /* pc is the place itself, not a return address */
};
/* The caller of this function. */
struct running_call running_here(void);
/* On to the call's caller, whose stack pointer is where the call's frame ends. Exact, whatever the compiler made of the frame;
 * false: not to be told. */
bool running_to_caller(struct running_call *c);
/* Makes the unwinder ready, which is done at need otherwise; and is that under way on this thread? It opens a pipe. */
void running_unwinder_begin(void);
bool running_unwinds(void);
/* The process is a child that was forked before main, by the system call alone. */
void running_forked(void);
/* Where stacks of goroutines will be, before there is one. */
uintptr_t running_stacks(void);
/* From here on it is seen, in an explored schedule as well, if a goroutine blocks in a call of libc's (elsewhere it always is): to
 * be called before one that may, or that a signal's handler would end early, and before the program makes a thread. Any
 * thread; also in a handler whose thread was waiting in a system call. */
void running_watch(void);
/* At most n goroutines run at a time, whatever GOMAXPROCS says (0: no such limit). Before main only. */
void running_limit(unsigned n);

/* -- under running_limit(1): time that is counted (pace.h) ------------------------------------------------------ */

/* The program has done something that takes about so long. */
void running_spent(int64_t ns);
/* The program's time, as goro_now() tells it. */
int64_t running_now(void);
/* From now on sleeping takes no time, where nothing from outside can come. Before main only. */
void running_virtual_time(void);
/* Parks the calling goroutine until one of the events (POLLIN, ...) holds for fd; returns at once on a thread that runs none. */
void running_wait_fd(int fd, int events, uintptr_t pc);
/* Parks the calling goroutine as goro_sleep does, for a call of libc's at pc. False: the thread runs none, or there is no
 * such limit, and the caller is to sleep by itself. */
bool running_sleep(int64_t ns, uintptr_t pc);

#endif
