/* Threads of the program's own.
 *
 * Always true
 *  1. A thread's record is in the table, under its handle, before anybody can join it successfully: the creator and the
 *     thread itself both enter it, whoever comes first.
 *  2. The record of a joinable thread stays until its join; that of a detached one until its end.
 *
 * Threads: the table's lock guards the table and the fields `handle`, `entered`, `detached`, `ended`. A spin lock: its
 * sections are a few instructions.
 *
 * The end: a thread may run the program's code until its last thread-local destructor has returned. A key of our own is
 * set again in each round of destructors, and acts in the last one. */
#include "instrument/threads.h"
#include "instrument/frames.h"
#include "instrument/visible.h"
#include "instrument/standstill.h"
#include "instrument/wrap.h"

#include <limits.h>
#include <sched.h>

struct thread {
    struct thread *next;
    void *(*fn)(void *);
    void *arg;
    struct det_task *task;
    struct det_sync *done; /* what it did, for who joins it */
    pthread_t handle;
    uint64_t id;
    unsigned rounds; /* of destructors still to wait for */
    bool entered, detached, ended;
};

enum { BUCKETS = 1024 };
static struct thread *table[BUCKETS];
static uint32_t table_lock;

/* acquire-release between the sections of all threads */
static void lock_table(void) {
    while (__atomic_exchange_n(&table_lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static void unlock_table(void) { __atomic_store_n(&table_lock, 0, __ATOMIC_RELEASE); }

static struct thread **bucket(pthread_t handle) {
    return &table[((uintptr_t)handle * UINT64_C(0x9e3779b97f4a7c15)) >> 54];
}

static void enter_locked(struct thread *t, pthread_t handle) {
    if (t->entered) return;
    t->entered = true;
    t->handle = handle;
    t->next = *bucket(handle);
    *bucket(handle) = t;
}

static void remove_locked(struct thread *t) {
    struct thread **at = bucket(t->handle);
    while (*at != t) at = &(*at)->next;
    *at = t->next;
}

static struct thread *find_locked(pthread_t handle) {
    struct thread *t = *bucket(handle);
    while (t && (!pthread_equal(t->handle, handle) || t->detached)) t = t->next;
    return t;
}

static void dispose(struct thread *t) {
    if (t->done) det_sync_free(t->done);
    REAL(free)(t);
}

/* -- birth ----------------------------------------------------------------------------------------------------------- */

struct thread *thread_new(void *(*fn)(void *), void *arg, uintptr_t entry, bool detached, uintptr_t pc) {
    struct thread *t = REAL(calloc)(1, sizeof *t);
    if (!t) return NULL;
    t->fn = fn;
    t->arg = arg;
    t->detached = detached;
    t->done = det_sync_new();
    t->rounds = PTHREAD_DESTRUCTOR_ITERATIONS;
    t->id = front_next_thread_id();
    trace_event(front_task(), CREATE, true, t->id, entry, pc);
    t->task = det_task_new(front_task(), DET_THREAD, t->id, entry, pc);
    det_wg_given(front_task(), t->task, (uint64_t[]){(uintptr_t)arg}, 1);
    frames_given(front_task(), (uint64_t[]){(uintptr_t)arg}, 1);
    return t;
}

void thread_drop(struct thread *t) {
    det_task_end(t->task);
    dispose(t);
}

/* A thread that was made detached is in the table only if it is still there: its record is its own to free. */
void thread_created(struct thread *t, pthread_t handle) {
    lock_table();
    enter_locked(t, handle);
    unlock_table();
}

/* -- life and end ------------------------------------------------------------------------------------------------------ */

static pthread_key_t end_key;
static pthread_once_t end_once = PTHREAD_ONCE_INIT;

static void end_thread(struct thread *t) {
    bool disposed;
    told_merge(t->task, t->done, FINDING_PTHREAD, t->id, 0);
    trace_event(t->task, END, 0, 0, 0, 0);
    front_act_for(NULL);
    det_task_end(t->task);
    det_thread_end();
    lock_table();
    t->ended = true;
    disposed = t->detached;
    if (disposed) remove_locked(t);
    unlock_table();
    if (disposed) dispose(t);
}

static void next_round(void *thread) {
    struct thread *t = thread;
    if (--t->rounds) pthread_setspecific(end_key, t);
    else end_thread(t);
}

static void make_key(void) { pthread_key_create(&end_key, next_round); }

/* The thread's stack, with its thread-locals at the top: glibc keeps the memory of ended threads for new ones. */
static uintptr_t tell_stack(struct det_task *task) {
    pthread_attr_t attr;
    void *low;
    size_t size;
    uintptr_t high = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return 0;
    if (pthread_attr_getstack(&attr, &low, &size) == 0) {
        high = (uintptr_t)low + size;
        if (task) det_task_stack(task, (uintptr_t)low, (uintptr_t)low + size);
        else det_forget((uintptr_t)low, size);
    }
    pthread_attr_destroy(&attr);
    return high;
}

void *thread_run_own(void *start) {
    struct thread_own_start s = *(struct thread_own_start *)start;
    REAL(free)(start);
    visible_thread(tell_stack(NULL));
    standstill_own_thread(true);
    void *result = s.fn(s.arg);
    standstill_own_thread(false);
    return result;
}

void *thread_run(void *thread) {
    struct thread *t = thread;
    lock_table();
    enter_locked(t, pthread_self());
    unlock_table();
    front_act_for(t->task);
    front_self.fuel = INT32_MAX;
    front_self.is_thread = true;
    trace_event(t->task, RUN, 0, 0, front_self.number, 0);
    tell_stack(t->task);
    REAL(pthread_once)(&end_once, make_key);
    pthread_setspecific(end_key, t);
    void *result = t->fn(t->arg);
    __asm__ volatile(""); /* no tail call: our frame, which findings leave out, stays the outermost one */
    return result;
}

/* -- joining ------------------------------------------------------------------------------------------------------------- */

struct thread *thread_find(pthread_t handle) {
    lock_table();
    struct thread *t = find_locked(handle);
    unlock_table();
    return t;
}

/* If the handle was not known before the join, the thread had not begun to run; now it is known, and cannot have been
 * reused: its creator would have entered the new owner, who is not detached, behind it in the bucket. */
void thread_joined(struct thread *found_before, pthread_t handle, uintptr_t pc) {
    struct thread *t = found_before ? found_before : thread_find(handle);
    if (!t) return; /* not made through us */
    told_acquire(front_task(), t->done, FINDING_PTHREAD, t->id, pc);
    lock_table();
    remove_locked(t);
    unlock_table();
    dispose(t);
}

void thread_detached(pthread_t handle) {
    lock_table();
    struct thread *t = find_locked(handle);
    bool ended = t && t->ended;
    if (t) t->detached = true;
    if (ended) remove_locked(t);
    unlock_table();
    if (ended) dispose(t);
}

void thread_fork_before(void) { lock_table(); }
void thread_fork_after(void) { unlock_table(); }
