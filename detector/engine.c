/* The engine as a whole: start, end, configuration, and saying what was given up.
 *
 * Always true
 *  1. Rooms are started in the order of their needs (arena first) and ended in the reverse.
 *  2. While there is an owner and `single`, no other thread is in a section; single ends once and for all.
 *  3. A sentence about a loss is said once per engine, whoever meets it first.
 *
 * Threads: det_init, det_fini, det_set_single and det_check alone; the rest any. */
#include "detector/engine.h"
#include "detector/arena.h"
#include "detector/clock.h"
#include "detector/fork.h"
#include "detector/reorder.h"
#include "detector/shadow.h"
#include "detector/sync.h"
#include "detector/task.h"
#include "detector/users.h"
#include "detector/world.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

struct engine engine;
uint32_t engine_gate;
__thread char engine_mark;

enum { DEGRADED_MAX = 32 };
static const char *degraded_said[DEGRADED_MAX];

void det_init(const struct det_config *config) {
    goro_assert(!engine.running);
    engine.config = *config;
    engine.single = engine.anywhere = config->single;
    engine.owner = NULL;
    engine.depth = 0;
    engine.generation++;
    engine_gate = config->single ? GATE_SINGLE : 0;
    for (unsigned i = 0; i < DEGRADED_MAX; i++) degraded_said[i] = NULL;
    fork_engine_init();
    arena_init();
    clock_engine_init();
    task_engine_init();
    sync_engine_init();
    shadow_engine_init();
    reorder_engine_init();
    engine.running = true;
    if (config->alone && !(engine_gate & (GATE_SINGLE | GATE_FENCES))) {
        engine.single = true;
        engine.owner = &engine_mark;
        gate_set(GATE_SINGLE);
    }
}

void det_fini(void) {
    goro_assert(engine.running);
    engine.running = false;
    reorder_engine_fini();
    shadow_engine_fini();
    sync_engine_fini();
    task_engine_fini();
    arena_fini();
}

void det_set_single(bool single) {
    engine.single = engine.anywhere = single;
    if (single) gate_set(GATE_SINGLE);
    else if (!engine.owner) gate_clear(GATE_SINGLE);
}

/* -- alone, until somebody comes -----------------------------------------------------------------------------
 * The owner stores depth, then loads single; we store single, then load depth. The membarrier between ours stands for the
 * fence that the owner does not pay for (as in tenancy.c). Several may do this at a time: each step may be repeated. */

static GORO_COLD GORO_NOINLINE void engine_share(void) {
    __atomic_store_n(&engine.single, false, __ATOMIC_SEQ_CST);
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    /* acquire: pairs with the releases in engine_leave and engine_enter_alone */
    while (__atomic_load_n(&engine.depth, __ATOMIC_ACQUIRE)) sched_yield();
    __atomic_store_n(&engine.owner, NULL, __ATOMIC_RELEASE); /* pairs with engine_enter */
    gate_clear(GATE_SINGLE);
}

bool engine_enter_alone(void) {
    if (unlikely(__atomic_load_n(&engine.owner, __ATOMIC_RELAXED) != &engine_mark)) {
        if (__atomic_load_n(&engine.owner, __ATOMIC_ACQUIRE)) engine_share();
        return false;
    }
    __atomic_store_n(&engine.depth, engine.depth + 1, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (likely(__atomic_load_n(&engine.single, __ATOMIC_RELAXED))) return true;
    /* Shared from now on. If a section is around this one, it is still waited for. */
    __atomic_store_n(&engine.depth, engine.depth - 1, __ATOMIC_RELEASE);
    return false;
}

void det_thread_end(void) {
    ENGINE_SECTION;
    if (!engine.running) return;
    clock_thread_end();
    arena_thread_end();
}

void det_get_stats(struct det_stats *out) {
    *out = (struct det_stats){.memory_bytes = arena_bytes()};
    task_engine_stats(out);
    sync_engine_stats(out);
    shadow_engine_stats(out);
}

void det_check(void) {
    arena_check();
    task_check();
    sync_check();
    shadow_check();
    users_check();
}

void engine_degraded(const char *what) {
    for (unsigned i = 0; i < DEGRADED_MAX; i++) {
        const char *said = NULL;
        /* relaxed: only who comes first matters; the sentence is static */
        if (__atomic_compare_exchange_n(&degraded_said[i], &said, what, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            if (engine.config.degraded) engine.config.degraded(what, engine.config.arg);
            return;
        }
        if (said == what) return;
    }
}

/* -- the lock ----------------------------------------------------------------------------------------------
 * Three states, after Drepper, "Futexes Are Tricky" (2011). Spins a little first: sections are short. */

static bool try_for(struct engine_lock *l, unsigned turns) {
    while (turns--) {
        uint32_t free = 0; /* acquire: pairs with the exchange in engine_lock_drop */
        if (__atomic_load_n(&l->word, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&l->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    return false;
}

bool engine_lock_try(struct engine_lock *l) { return engine_is_single() || try_for(l, 1000); }

void engine_lock_wait(struct engine_lock *l) {
    if (try_for(l, 100)) return;
    int saved = errno;
    while (__atomic_exchange_n(&l->word, 2, __ATOMIC_ACQUIRE) != 0) /* pairs with engine_lock_drop */
        syscall(SYS_futex, &l->word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
    errno = saved;
}

void engine_lock_wake(struct engine_lock *l) {
    int saved = errno;
    syscall(SYS_futex, &l->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
}
