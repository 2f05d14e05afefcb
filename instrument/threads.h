/* The program's own threads: from pthread_create to the end of the last thread-local destructor, and who joins them. */
#ifndef GORO_INSTRUMENT_THREADS_H
#define GORO_INSTRUMENT_THREADS_H

#include "instrument/front.h"

#include <pthread.h>

/* A thread from its creation until it has ended and is joined or detached. */
struct thread;

struct thread *thread_new(void *(*fn)(void *), void *arg, uintptr_t entry, bool detached, uintptr_t pc);
void thread_drop(struct thread *t); /* it was not created after all */
/* What the new thread runs, with a struct thread. */
void *thread_run(void *thread);
/* The creator knows the handle now (the thread itself may have said so before). */
void thread_created(struct thread *t, pthread_t handle);

/* Of the runtime's own threads: they run with no task, but their memory was another thread's before. */
void *thread_run_own(void *start);
struct thread_own_start {
    void *(*fn)(void *);
    void *arg;
};

/* Before a join: whom it means, if known already. After it: takes what the thread did, and forgets it. */
struct thread *thread_find(pthread_t handle);
void thread_joined(struct thread *found_before, pthread_t handle, uintptr_t pc);
void thread_detached(pthread_t handle);

/* Around fork: the table is whole in the child. */
void thread_fork_before(void);
void thread_fork_after(void);

#endif
