/* Sleeping in the kernel on a word, and the three-state mutex of Drepper's "Futexes Are Tricky". */
#include "runtime/base/futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void futex_wait(uint32_t *word, uint32_t expected, int64_t deadline_ns) {
    int saved = errno;
    struct timespec t = {.tv_sec = deadline_ns / 1000000000, .tv_nsec = deadline_ns % 1000000000};
    bool timed = deadline_ns != INT64_MAX;
    if (timed && deadline_ns < 0) t = (struct timespec){0};
    /* FUTEX_WAIT_BITSET takes an absolute time, so a signal does not stretch the sleep. */
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, timed ? &t : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
    errno = saved;
}

void futex_wake(uint32_t *word, unsigned threads) {
    int saved = errno;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
    errno = saved;
}

void os_mutex_lock_slow(struct os_mutex *m) {
    for (unsigned spins = 0; spins < 100; spins++) {
        uint32_t free = 0;
        if (__atomic_load_n(&m->word, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&m->word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return;
        cpu_relax();
    }
    /* From here on the word says 2 while we hold it: we cannot know whether others sleep. */
    while (__atomic_exchange_n(&m->word, 2, __ATOMIC_ACQUIRE) != 0) futex_wait(&m->word, 2, INT64_MAX);
}

void os_mutex_unlock_slow(struct os_mutex *m) { futex_wake(&m->word, 1); }

int64_t clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}
