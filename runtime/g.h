/* The scheduler's records: G a goroutine, M a thread, P the right to be inside the runtime, as in Go's scheduler.
 * Only the scheduler's own files and the dump look inside.
 *
 * Always true:
 *  1. A thread is inside the runtime (m->inside) only while it owns a P (m->p), but for the slow path of entering,
 *     which has found its P gone and looks for another.
 *  2. What belongs to a P is touched by its owner while inside, or by the holder of sched.mutex who has set the
 *     owner's m->attention, issued a barrier on all threads (barrier.h) and then seen attention still set and m->inside
 *     == 0: the owner's next enter stops at sched.mutex, under which alone attention is cleared. No run queue needs an atomic operation.
 *  3. A goroutine is in exactly one place: running on one M, in one run queue or mail list, parked where its waker
 *     finds it, or free.
 *  4. Records are never unmapped, so a stale pointer can be read, if not trusted.
 *
 * Threads: each field says who writes it; "owner" is the thread that owns the P or is the M. */
#ifndef GORO_RUNTIME_G_H
#define GORO_RUNTIME_G_H

#include "runtime/base/futex.h"
#include "runtime/lock.h"
#include "runtime/stack.h"
#include "runtime/switch.h"

#include <pthread.h>

struct m;
struct p;
struct poller;
struct deferred;

enum { SPAWN_ARGUMENTS = 6 }; /* registers that a goroutine's function takes */

enum g_state { G_FREE, G_QUEUED, G_RUNNING, G_PARKED };

/* Written by the goroutine itself, but main's also by others, with sched.mutex: read with hint_get where main may be meant. */
enum g_flags {
    G_BOUND = 1,   /* runs on bound_m only */
    G_LOCKED = 2,  /* and bound_m runs nothing else: goro_lock_thread, foreign threads */
    G_FOREIGN = 4, /* stands for a thread that the runtime did not make */
    G_ROAMS = 8,   /* main, whose thread is held by somebody else: not bound for now */
    G_FRESH = 16,  /* has not run yet: no stack, no context */
};

/* One goroutine. Fields in the order of use: a switch touches the first line, a start the others. */
struct g {
    struct context context; /* while it does not run */
    union {
        struct g *next;          /* in a list */
        const void *wait_object; /* while G_PARKED */
    };
    struct m *m; /* while it runs */
    uintptr_t wait_pc;
    int64_t wait_since; /* sched.coarse_now when it parked */
    int saved_errno;
    uint8_t state, flags, wait_kind, thread_locks;

    void (*fn)(void); /* what it runs; NULL: main, or a foreign thread */
    union {
        uint64_t arguments[SPAWN_ARGUMENTS]; /* while G_FRESH */
        struct {
            void *slot;
            struct deferred *deferred;
            char *name;
            struct m *bound_m;
        };
    };
    uint64_t id;

    struct stack *stack; /* NULL: none yet, or the thread's own */
    void *task;          /* the watcher's */
    uint64_t parent_id;
    uintptr_t created_pc;        /* for the dump */
    void *fiber;                 /* TSan's, or ASan's fake stack */
    const void *thread_stack;    /* low end of a thread's own stack, for ASan */
    size_t thread_stack_bytes;
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct g, fn) == 64 && sizeof(struct g) == 192, "the layout of a goroutine");

struct g_list {
    struct g *head, *tail;
    uint64_t count; /* written under sched.mutex; read anywhere as a hint */
};

#define ATTENTION UINT32_MAX /* above any count that a switch compares it with: one test for both (park.h) */

struct m {
    struct g *g;         /* what it runs; NULL: the scheduler. Owner */
    struct p *p;         /* owner or sched.mutex */
    uint32_t inside;     /* 1 between enter and leave. Owner */
    uint32_t
        attention; /* 0, or ATTENTION: something is asked of this thread. Set by anyone, cleared by the owner under sched.mutex */
    struct lock *unlock; /* to release once the goroutine's stack is left. Owner */
    int *errno_address;
    uintptr_t left_at;      /* where the one who was left last will return to: GORO_RETURNS_ELSEWHERE. Owner */
    struct context context; /* of the scheduler. Owner */

    /* All below: sched.mutex, unless said otherwise. */
    struct g_list mail; /* ready goroutines bound to this thread */
    struct g *requeue;  /* to queue globally once its stack is left. Owner */
    struct g *handoff;  /* to run, picked by the goroutine that left. Owner */
    uint32_t wake;      /* futex: 1 when there is a P, or mail, for the sleeper */
    bool idle, spinning, exclusive, yield_asked;
    bool gated;   /* has a P, but somebody else is inside as one who is alone: solo.c. Cleared by the owner */
    bool foreign; /* not our thread */
    struct m *next_idle, *next;
    pid_t tid;
    uint32_t contended;  /* locks it found held: are its goroutines coupled to those of others? Owner */
    clockid_t cpu_clock; /* of its CPU time; 0: not running yet, or foreign. Owner; read as a hint */
    void *fiber;         /* TSan's, or ASan's fake stack, of the scheduler. Owner */
    void *dead_fiber;
    const void *stack_low; /* of the scheduler's stack, for ASan */
    size_t stack_bytes;
    struct g foreign_g; /* the goroutine that stands for a foreign thread */
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct m, left_at) == M_LEFT_AT, "the return thunk finds it");
_Static_assert(offsetof(struct m, unlock) == M_UNLOCK && offsetof(struct lock, word) == 0, "context_root drops it");

/* A double-ended queue of goroutines that grows. */
enum { RING_FIRST = 8 };
struct ring {
    struct g **slots;          /* first, or its own mapping */
    uint32_t head, tail, mask; /* free-running */
    struct g *first[RING_FIRST];
};

/* The goroutines that wait for one P: runq.h. Owner of the P. */
struct runq {
    struct g *next;
    bool turn;
    struct ring fresh, woken;
};

struct p {
    struct runq runq;
    uint32_t ticks; /* goroutines put on. Owner; the monitor reads */
    unsigned index;
    struct g *free_g;
    struct stack_cache stacks;
    uint32_t free_count;
    uint64_t next_id, id_end;
    uint64_t random;
    int64_t alive; /* started less ended here */

    uint32_t share_tick, share_wait, share_stride; /* idle.c, worth_giving */
    bool share_single;
    uint32_t coupled_since, coupled_ticks;         /* and is_coupled: until when nothing is given away; hints */
    uint32_t base_contended, base_ticks;           /* when the tick began */

    struct m *m; /* owner; NULL: idle. sched.mutex */
    struct p *next_idle;
    /* The monitor's notes: since when it has seen the same tick, and the thread's CPU time then. */
    uint32_t seen_ticks;
    int64_t seen_since, seen_cpu;
} __attribute__((aligned(64)));

enum { MOST_PROCS = 4096 };

extern GORO_HIDDEN struct sched {
    struct os_mutex mutex;
    /* -- sched.mutex -- */
    struct g_list global;
    struct p *idle_ps;
    struct m *idle_ms, *all_ms;
    unsigned ms, idle_m_count; /* threads that could run goroutines; those of them that sleep */
    unsigned own_threads;      /* of our making, main's and the monitor's included */
    unsigned owners, gated;    /* threads that have a P; those of them that must not use it yet */
    struct m *poller_m; /* is in the poller's wait, though it may have been roused already; read as a hint, too */
    bool stopping;      /* the world is to stop: P's are kept by who stops it */
    uint64_t next_id;
    unsigned configured, limit; /* GOMAXPROCS; running_limit */
    /* -- written under sched.mutex, read anywhere as hints -- */
    unsigned idle_p_count, spinning;
    uint32_t hungry; /* a P without work would like some of yours */
    unsigned nprocs;
    struct p *ps[MOST_PROCS]; /* from nprocs on: NULL, or unused since GOMAXPROCS was lowered */
    bool monitor_sleeps;
    uint32_t monitor_ticks; /* about milliseconds; read anywhere as a hint */
    uint32_t monitor_wake;  /* futex */
    int64_t coarse_now;     /* CLOCK_MONOTONIC, some ms old at worst while anything runs */
    int64_t due;            /* when the poller is to be called */
    const struct poller *poller;
    bool forked; /* in the child of a fork that was made when there was more than main: nothing works any more */
} sched;

/* A thread's M. Never kept across a switch: read it anew. Threads that were never inside share one that has
 * `attention` set for ever, so that the fast path of entering needs no test for them. */
extern __thread struct m *m_self __attribute__((tls_model("initial-exec"), visibility("hidden")));

extern GORO_HIDDEN struct m nobody_m;

extern GORO_HIDDEN struct g main_g;
extern GORO_HIDDEN struct m main_m;

/* For the fields that others may read at any time, as hints. */
#define hint_get(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define hint_set(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

/* How many P's there are, for whom no lock nor the world keeps from changing: each of them can be had by p_at then. NULL: there
 * never was one of that number. */
GORO_INLINE unsigned procs_now(void) { return __atomic_load_n(&sched.nprocs, __ATOMIC_ACQUIRE); }
GORO_INLINE struct p *p_at(unsigned i) { return __atomic_load_n(&sched.ps[i], __ATOMIC_ACQUIRE); }

GORO_INLINE bool attention_wanted(const struct m *m) {
    return unlikely(__atomic_load_n(&m->attention, __ATOMIC_RELAXED)); /* pairs with attention_ask */
}

GORO_INLINE void attention_ask(struct m *m) {
    __atomic_store_n(&m->attention, ATTENTION,
                     __ATOMIC_SEQ_CST); /* before the barrier of barrier.h, or the mail is seen later */
}

#endif
