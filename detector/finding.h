/* The finding model: what the engine knows of one finding. Made by the detector, carried by the wire, read by
 * reports/. Pure data, no pointers that outlive the callback, addresses not symbols. */
#ifndef GORO_DETECTOR_FINDING_H
#define GORO_DETECTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FINDING_FRAMES_MAX = 256, FINDING_LOCKS_MAX = 16, FINDING_ACCESSES_MAX = 2, FINDING_TASKS_MAX = 64 };
enum { FINDING_PARTS_MAX = 48, FINDING_PART_LOCKS_MAX = 8 };

/* The values below travel on the wire: append only. */
enum finding_severity { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE };
enum finding_certainty { FINDING_OBSERVED, FINDING_PREDICTED, FINDING_CONFIRMED };

/* The same numbers as runtime/hooks.h enum hook_object up to FINDING_SLEEP (checked where both are seen), then
 * what only instrument/ knows. */
enum finding_object {
    FINDING_NO_OBJECT, FINDING_CHAN, FINDING_MUTEX, FINDING_RWMUTEX, FINDING_WG, FINDING_COND, FINDING_ONCE,
    FINDING_SEM, FINDING_TIMER, FINDING_CONTEXT, FINDING_SELECT, FINDING_IO, FINDING_SLEEP,
    FINDING_PTHREAD_MUTEX, FINDING_PTHREAD_RWLOCK, FINDING_PTHREAD_SPIN, FINDING_PTHREAD_COND, FINDING_PTHREAD_BARRIER,
    FINDING_POSIX_SEM, FINDING_PTHREAD, /* the end of a thread */
    FINDING_OBJECT_LAST = FINDING_PTHREAD,
};

enum finding_memory {
    FINDING_MEMORY_UNKNOWN, FINDING_GLOBAL, FINDING_HEAP, FINDING_HEAP_FREED, FINDING_STACK, FINDING_STACK_DEAD,
    FINDING_THREAD_LOCAL, FINDING_MAPPED,
    FINDING_STACK_LEFT, /* block: the frame of a call that has returned */
};

struct finding_stack {
    uint32_t count;          /* frames present */
    uint32_t omitted;        /* frames left out between the innermost and outermost halves */
    const uintptr_t *frames; /* innermost first; each is a return address but the pc of an access likewise */
};

struct finding_lock {
    enum finding_object kind;
    uintptr_t address;
    bool read;
    struct finding_stack taken; /* may be empty for the earlier access */
};

struct finding_access {
    unsigned kind; /* enum det_access_kind flags */
    uintptr_t address;
    size_t size;
    uint64_t task; /* index into finding.tasks */
    uint32_t epoch; /* of the task, when it was made; 0: not told */
    struct finding_stack stack;
    uint32_t lock_count;
    struct finding_lock locks[FINDING_LOCKS_MAX];
};

/* What a goroutine has to do with a finding that is not about two accesses. */
enum finding_role {
    FINDING_WAITS,  /* it is blocked on the object, in a call at the stack */
    FINDING_HOLDS,  /* it has taken the object at the stack, and ended or went on with it */
    FINDING_ADDS,   /* `count` of a WaitGroup were added at the stack */
    FINDING_DONES,  /* `count` were done there */
    FINDING_STARTS, /* a timer or context began there */
    FINDING_FREES,  /* the memory that the object lies in was freed there */
    FINDING_ASKS,   /* it has locked the object there, which it would have waited for, and goes on */
    FINDING_RUNS,   /* it waits for nothing; the stack is of the calls it is in */
    FINDING_SENT,   /* on the channel, `count` times; this one and the next two: it is made, not waited for */
    FINDING_RECEIVED,
    FINDING_CLOSED,
    FINDING_TRIED_SEND, /* in a select or a try, so that it may not have come to it; no task: any other operations */
    FINDING_TRIED_RECEIVE,
    FINDING_UNDONE, /* `count` goroutines alike have not called Done on the WaitGroup; the stack is of their start */
    FINDING_ROLE_LAST = FINDING_UNDONE,
};

/* Why a goroutine is thought to be one who was to call Done. */
enum finding_clue {
    FINDING_NO_CLUE,
    FINDING_GIVEN,   /* its arguments led to the WaitGroup */
    FINDING_ALIKE,   /* others that were started at its place have called Done */
    FINDING_ADDED,   /* it has called Add itself */
    FINDING_BEFORE,  /* it has called Done before this round of the WaitGroup */
    FINDING_STARTED, /* it was started since the first Add of this round, no more */
    FINDING_CLUE_LAST = FINDING_STARTED,
};

/* Of a wait on one channel. */
enum finding_side { FINDING_NO_SIDE, FINDING_SENDS, FINDING_RECEIVES, FINDING_SIDE_LAST = FINDING_RECEIVES };

struct finding_part {
    enum finding_role role;
    uint64_t task; /* index into finding.tasks; FINDING_TASKS_MAX: none that is known */
    enum finding_object kind;
    uintptr_t object;   /* 0: none, a nil channel */
    uint32_t cases;     /* of a select: how many channels it waits on */
    uint64_t count;     /* as the role says; of waits: how many goroutines wait alike, this one included */
    uint64_t waited_ns; /* until the finding was made */
    uint8_t side;       /* enum finding_side */
    uint8_t clue;       /* enum finding_clue; of FINDING_UNDONE, as the next two */
    uint64_t started, called; /* since the first Add, at that place: how many goroutines, and who of them called Done */
    bool forever;       /* nothing that can still run reaches what it waits on, or it is in a cycle of locks */
    struct finding_stack stack, made; /* made: where a channel was */
    uint32_t lock_count;
    struct finding_lock locks[FINDING_PART_LOCKS_MAX]; /* of waits and asks: held meanwhile */
};

enum finding_task_state { FINDING_RUNNING, FINDING_RUNNABLE, FINDING_BLOCKED, FINDING_ENDED };

struct finding_task {
    uint64_t id;       /* what the user sees: goroutine 1 is main */
    uint8_t kind;      /* enum det_task_kind */
    uint8_t state;     /* enum finding_task_state */
    uint64_t parent_id; /* 0: none */
    bool parent_thread; /* which is a thread: those have numbers of their own */
    char name[48];
    uintptr_t entry;   /* its function; 0 for main */
    struct finding_stack created;
    struct finding_stack now; /* where it waits; told of those who use a channel that others wait on */
    /* Why nothing orders: does the later access's task know anything of this one, and since when? */
    bool heard;             /* it has heard something after this task's creation */
};

/* Of a predicted race: who has the lock at `to` could have it before who had it at `from`. lock 0: there are several locks,
 * or goroutines, between. */
struct finding_handover {
    enum finding_object kind;
    uintptr_t lock, from, to; /* where it was taken */
};

struct finding {
    char code[8]; /* "GR001" */
    char also[8]; /* another code whose rule it meets, too; empty: none */
    enum finding_severity severity;
    enum finding_certainty certainty;
    uint64_t number; /* 1, 2, … in this process */

    uint32_t access_count; /* accesses[0] is the later one, made now */
    struct finding_access accesses[FINDING_ACCESSES_MAX];

    enum finding_memory memory;
    uintptr_t block;   /* heap block, stack or thread-local area that contains the address */
    size_t block_size;
    uint64_t block_task_id; /* who allocated it, or whose stack it is; 0 unknown */
    struct finding_stack block_stack; /* where it was allocated */
    struct finding_stack freed_stack; /* where it was freed, for GR003 */

    enum finding_object object_kind; /* misuse and deadlocks */
    uintptr_t object;

    uint32_t part_count;
    uint64_t parts_omitted; /* goroutines that would have been parts too */
    struct finding_part parts[FINDING_PARTS_MAX];

    bool reorderable; /* the run could have been another, in which the race comes about */
    struct finding_handover handover;

    uint32_t task_count;
    struct finding_task tasks[FINDING_TASKS_MAX];
};

#endif
