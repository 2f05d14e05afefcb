/* See away.h.
 *
 * Who comes back stores that he is here, then looks at the gate; who looks closes the gate, then passes a barrier in all
 * threads (membarrier), then looks who is away: one of the two sees the other (Dekker). So a call pays for two plain stores.
 *
 * Always true
 *  1. A record with sp != 0, seen with the gate closed and behind the barrier, is of a thread that runs nothing but its call until the
 *     gate is open.
 *  2. A record is a living thread's, or nobody's.
 *
 * Not done: signals that stop threads wherever they are (calls of the program would end early: poll, nanosleep and others are not
 * begun anew behind a handler); ptrace by a child (forbidden in many places, and a debugger's already). */
#include "instrument/away.h"
#include "runtime/hooks.h"
#include "runtime/running.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORDS = 256, SETTLED_TICKS = 3 };

struct away {
    uintptr_t sp;          /* 0: here */
    uintptr_t high;        /* of the thread's own stack, with its thread-local variables */
    struct det_task *task; /* whom it acts for */
    bool ours;             /* a thread of the runtime's, on a goroutine's stack or main's */
    uint32_t used;         /* acquire-release: somebody's */
    uint32_t stays;        /* how often it has been away */
    uint32_t seen, ticks;  /* by away_tick: which stay, for how long */
};

enum gate { OPEN, CLOSED, WAITED_FOR };

static struct away records[RECORDS];
static unsigned records_end; /* none was ever used from there on; relaxed, only grows */
static uint32_t gate;        /* enum gate */
static pid_t gate_of;        /* whose: a child of fork may have been made while it was closed */
static bool unsure, keyless;
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static __thread struct away *mine __attribute__((tls_model("initial-exec")));
static __thread bool refused __attribute__((tls_model("initial-exec")));
static __thread bool looks __attribute__((tls_model("initial-exec"))); /* the unwinder reads from a pipe of its own */

/* -- records ------------------------------------------------------------------------------------------------------------- */

static void give_back(void *record) {
    struct away *a = record;
    __atomic_store_n(&a->sp, 0, __ATOMIC_RELAXED);
    mine = NULL;
    refused = true;
    __atomic_store_n(&a->used, 0, __ATOMIC_RELEASE); /* pairs with claim */
}

static void make_key(void) { keyless = pthread_key_create(&key, give_back) != 0; }

static uintptr_t stack_end(void) {
    pthread_attr_t attr;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return 0;
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    return (uintptr_t)low + size;
}

/* One for this thread; NULL: it has none, and so is never away. */
static GORO_COLD struct away *claim(void) {
    uintptr_t high = stack_end();
    refused = true;
    pthread_once(&key_once, make_key);
    for (unsigned i = 0; i < RECORDS && high && !keyless; i++) {
        uint32_t free = 0;
        if (!__atomic_compare_exchange_n(&records[i].used, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        records[i].high = high;
        unsigned end = __atomic_load_n(&records_end, __ATOMIC_RELAXED);
        while (end <= i &&
               !__atomic_compare_exchange_n(&records_end, &end, i + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {}
        if (pthread_setspecific(key, &records[i]) == 0) return mine = &records[i];
        __atomic_store_n(&records[i].used, 0, __ATOMIC_RELEASE);
        break;
    }
    return NULL;
}

/* -- the thread's own ------------------------------------------------------------------------------------------------------- */

static bool is_own(uintptr_t pc) { return looks || running_own_call() || front_is_own(pc); }

void away_begin(uintptr_t pc) {
    struct away *a = mine;
    if (unlikely(!a)) {
        int saved = errno;
        if (!front_ready || refused || is_own(pc) || !(a = claim())) return;
        errno = saved;
    } else if (is_own(pc)) return;
    a->task = front_self.task;
    a->ours = running_own_thread();
    __atomic_store_n(&a->stays, a->stays + 1, __ATOMIC_RELAXED);
    /* release: with the fields above; pairs with the loads in hook_hold and away_walk */
    __atomic_store_n(&a->sp, (uintptr_t)__builtin_frame_address(0), __ATOMIC_RELEASE);
}

/* Does not sleep: it has been woken, and standstill.c is not to take it for one who waits still. */
static GORO_COLD GORO_NOINLINE void wait_at_gate(void) {
    int saved = errno;
    pid_t own = (pid_t)syscall(SYS_getpid);
    while (__atomic_load_n(&gate_of, __ATOMIC_RELAXED) == own) {
        uint32_t closed = CLOSED;
        __atomic_compare_exchange_n(&gate, &closed, WAITED_FOR, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        if (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == OPEN) break; /* pairs with hook_let_go */
        syscall(SYS_sched_yield);
    }
    errno = saved;
}

static void come_back(struct away *a) {
    __atomic_store_n(&a->sp, 0, __ATOMIC_RELEASE);
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the barrier is in hook_hold */
    if (unlikely(__atomic_load_n(&gate, __ATOMIC_ACQUIRE) != OPEN)) wait_at_gate();
}

void away_end(void) {
    struct away *a = mine;
    if (a && a->sp) come_back(a);
}

uintptr_t away_interrupted(void) {
    struct away *a = mine;
    uintptr_t was = a ? a->sp : 0;
    if (was) come_back(a);
    return was;
}

void away_resumed(uintptr_t was) {
    if (was) __atomic_store_n(&mine->sp, was, __ATOMIC_RELEASE);
}

void away_unsure(void) { __atomic_store_n(&unsure, true, __ATOMIC_SEQ_CST); }

/* -- who looks ----------------------------------------------------------------------------------------------------------------- */

bool away_tick(void) {
    bool settled = false;
    for (unsigned i = 0; i < __atomic_load_n(&records_end, __ATOMIC_RELAXED); i++) {
        struct away *a = &records[i];
        if (!__atomic_load_n(&a->sp, __ATOMIC_RELAXED)) continue;
        uint32_t stay = __atomic_load_n(&a->stays, __ATOMIC_RELAXED);
        a->ticks = a->seen == stay ? a->ticks + 1 : 0;
        a->seen = stay;
        settled |= a->ticks >= SETTLED_TICKS;
    }
    return settled && !__atomic_load_n(&unsure, __ATOMIC_RELAXED);
}

bool away_waited_for(void) { return __atomic_load_n(&gate, __ATOMIC_RELAXED) == WAITED_FOR; }

bool hook_away(void) { return away_tick(); }

bool hook_hold(struct hook_held *held) {
    *held = (struct hook_held){0};
    looks = true;
    __atomic_store_n(&gate_of, (pid_t)syscall(SYS_getpid), __ATOMIC_RELAXED);
    __atomic_store_n(&gate, CLOSED, __ATOMIC_SEQ_CST);
    if (unsure || syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
        hook_let_go();
        return false;
    }
    for (unsigned i = 0; i < __atomic_load_n(&records_end, __ATOMIC_SEQ_CST); i++) {
        if (!__atomic_load_n(&records[i].sp, __ATOMIC_ACQUIRE)) continue; /* pairs with away_begin and come_back */
        if (records[i].ours) held->ours++;
        else held->others++;
    }
    return true;
}

void hook_let_go(void) {
    looks = false;
    __atomic_store_n(&gate, OPEN, __ATOMIC_RELEASE); /* pairs with wait_at_gate */
}

void away_walk(struct det_reach *r) {
    for (unsigned i = 0; i < __atomic_load_n(&records_end, __ATOMIC_RELAXED); i++) {
        const struct away *a = &records[i];
        uintptr_t sp = __atomic_load_n(&a->sp, __ATOMIC_ACQUIRE);
        if (!sp) continue;
        if (a->ours && a->task) det_reach_goroutine(r, a->task, sp);
        else det_reach_memory(r, sp, a->high);
    }
}
