/* The records of the scheduler: G a goroutine, M a thread, as in Go's scheduler. Only the scheduler's own files and
 * the dump look inside. */
#ifndef GORO_RUNTIME_G_H
#define GORO_RUNTIME_G_H

#include "runtime/sched.h"
#include "runtime/switch.h"

#include <pthread.h>

enum g_state { G_FREE, G_QUEUED, G_RUNNING, G_PARKED };

struct m;
struct deferred;

struct g {
    struct context context;
    struct g *next; /* run queue or free list */
    struct m *m;    /* the thread that runs it */
    void (*fn)(void);
    uint64_t arguments[SPAWN_ARGUMENTS];
    void *slot;
    void *task;
    char *stack; /* lowest byte; NULL: none yet, or the thread's own */
    struct deferred *deferred;
    struct m *bound_m; /* the only thread that may run it; NULL: any */
    const void *wait_object;
    uintptr_t wait_pc;
    uint64_t id, parent_id;
    uintptr_t created_pc;
    uint8_t state, wait_kind;
    uint16_t thread_locks;
    int saved_errno;
    char name[32];
};

struct m {
    struct g *g; /* NULL in the scheduler */
    struct context context; /* the scheduler's own */
    struct lock *unlock;    /* to release once the goroutine's stack is left */
    struct g *ended;        /* to recycle, likewise */
    struct g *requeue;      /* to queue, likewise */
    struct g *mail; /* a goroutine bound to this thread that is to run */
    pthread_cond_t wake;
    bool foreign, idle;
};

#endif
