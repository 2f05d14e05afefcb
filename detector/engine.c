/* The engine as a whole: start, end, configuration, and saying what was given up.
 *
 * Always true
 *  1. Rooms are started in the order of their needs (arena first) and ended in the reverse.
 *  2. A sentence about a loss is said once per engine, whoever meets it first.
 *
 * Threads: det_init, det_fini, det_set_single and det_check alone; the rest any. */
#include "detector/engine.h"
#include "detector/arena.h"
#include "detector/clock.h"
#include "detector/shadow.h"
#include "detector/sync.h"
#include "detector/task.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

struct engine engine;

enum { DEGRADED_MAX = 32 };
static const char *degraded_said[DEGRADED_MAX];

void det_init(const struct det_config *config) {
    goro_assert(!engine.running);
    engine.config = *config;
    engine.single = config->single;
    engine.generation++;
    for (unsigned i = 0; i < DEGRADED_MAX; i++) degraded_said[i] = NULL;
    arena_init();
    clock_engine_init();
    task_engine_init();
    sync_engine_init();
    shadow_engine_init();
    engine.running = true;
}

void det_fini(void) {
    goro_assert(engine.running);
    engine.running = false;
    shadow_engine_fini();
    sync_engine_fini();
    task_engine_fini();
    arena_fini();
}

void det_set_single(bool single) { engine.single = single; }

void det_thread_end(void) {
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

void engine_lock_wait(struct engine_lock *l) {
    for (unsigned i = 0; i < 100; i++) {
        uint32_t free = 0; /* acquire: pairs with the exchange in engine_lock_drop */
        if (__atomic_load_n(&l->word, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&l->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
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
