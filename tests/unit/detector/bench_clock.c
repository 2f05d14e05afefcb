/* What the clocks cost, with no program and no shadow behind them. Prints ns per operation and bytes per task; run by
 * hand (`detector_bench_clock [parallel]`), compared by ratio. Figures are in detector/clock.c and publication.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "detector/detector.h"
#include "detector/task.h"
#include "detector/access.h"

static bool single = true;
static uint64_t seed = 88172645463325252u;

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static uint32_t random_below(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 20) % n);
}
static size_t memory(void) {
    struct det_stats s;
    det_get_stats(&s);
    return s.memory_bytes;
}

static struct det_task *start(void) {
    det_init(&(struct det_config){.single = single});
    return det_task_new(NULL, DET_MAIN, 1, 0, 0);
}

static void spawn_and_join(uint32_t n) {
    struct det_task *m = start();
    struct det_sync *wg = det_sync_new();
    double t = now_ns();
    for (uint32_t i = 0; i < n; i++) {
        struct det_task *c = det_task_new(m, DET_GOROUTINE, i + 2, 0, 0);
        det_merge(c, wg);
        det_task_end(c);
        det_acquire(m, wg);
    }
    printf("spawn, done, end, wait, one at a time:     %8u times %7.1f ns\n", n, (now_ns() - t) / n);
    det_fini();
}

/* Everybody is born, takes the mutex `rounds` times in turn (with an access made each time), is done, ends; main waits. */
static void everybody(uint32_t n, uint32_t rounds, bool shuffled_done, uint32_t generations) {
    struct det_task *m = start(), **t = malloc(n * sizeof *t);
    struct det_sync *mutex = det_sync_new(), *wg = det_sync_new();
    for (uint32_t g = 0; g < generations; g++) {
        double t0 = now_ns();
        for (uint32_t i = 0; i < n; i++) t[i] = det_task_new(m, DET_GOROUTINE, i + 2, 0, 0);
        double t1 = now_ns();
        for (uint32_t r = 0; r < rounds; r++)
            for (uint32_t i = 0; i < n; i++) {
                det_acquire(t[i], mutex);
                t[i]->touched = t[i]->stamp;
                det_merge(t[i], mutex);
            }
        double t2 = now_ns();
        if (shuffled_done)
            for (uint32_t i = n; i-- > 1;) {
                uint32_t j = random_below(i + 1);
                struct det_task *x = t[i];
                t[i] = t[j];
                t[j] = x;
            }
        size_t bytes = memory();
        double t3 = now_ns();
        for (uint32_t i = 0; i < n; i++) det_merge(t[i], wg);
        double t4 = now_ns();
        det_acquire(m, wg);
        double t5 = now_ns();
        for (uint32_t i = 0; i < n; i++) det_task_end(t[i]);
        double t6 = now_ns();
        printf("%8u tasks%s: spawn %6.1f, lock+unlock %6.1f, done %6.1f, wait %6.1f, end %6.1f ns each; %5.0f bytes a task, peak %zu MB\n", n,
               g ? " (2nd)" : "", (t1 - t0) / n, (t2 - t1) / n / rounds, (t4 - t3) / n, (t5 - t4) / n, (t6 - t5) / n,
               (double)bytes / n, memory() >> 20);
    }
    free(t);
    det_fini();
}

/* Tasks and locks meet at random. */
static void random_locks(uint32_t n, uint32_t locks, uint32_t operations) {
    struct det_task *m = start(), **t = malloc(n * sizeof *t);
    struct det_sync **s = malloc(locks * sizeof *s);
    for (uint32_t i = 0; i < n; i++) t[i] = det_task_new(m, DET_GOROUTINE, i + 2, 0, 0);
    for (uint32_t i = 0; i < locks; i++) s[i] = det_sync_new();
    double t0 = 0;
    for (uint32_t i = 0; i < 2 * operations; i++) {
        if (i == operations) t0 = now_ns();
        struct det_task *x = t[random_below(n)];
        struct det_sync *y = s[random_below(locks)];
        det_acquire(x, y);
        det_merge(x, y);
    }
    printf("%8u tasks at random among %6u locks:  %8.0f ns, %zu MB\n", n, locks, (now_ns() - t0) / operations, memory() >> 20);
    free(t);
    free(s);
    det_fini();
}

static void ping_pong(uint32_t others) {
    struct det_task *m = start();
    for (uint32_t i = 0; i < others; i++) det_task_new(m, DET_GOROUTINE, i + 10, 0, 0);
    struct det_task *a = det_task_new(m, DET_GOROUTINE, 2, 0, 0), *b = det_task_new(m, DET_GOROUTINE, 3, 0, 0);
    struct det_sync *slot = det_sync_new();
    enum { N = 1000000 };
    double t0 = now_ns();
    for (uint32_t i = 0; i < N; i++) det_rendezvous(a, b);
    double t1 = now_ns();
    for (uint32_t i = 0; i < N; i++) det_exchange(a, slot), det_exchange(b, slot);
    double t2 = now_ns();
    for (uint32_t i = 0; i < N; i++) det_acquire(a, slot), det_release(a, slot);
    double t3 = now_ns();
    uint64_t word = 0;
    for (uint32_t i = 0; i < N; i++) {
        struct det_atomic x = det_atomic_begin(i & 1 ? a : b, (uintptr_t)&word, 8, DET_ATOMIC_RMW, 0);
        word++;
        det_atomic_end(x, DET_ATOMIC_RMW, __ATOMIC_SEQ_CST);
    }
    double t4 = now_ns();
    printf("%8u others: rendezvous %5.1f, exchange %5.1f, own lock+unlock %5.1f, seq_cst RMW by two %5.1f ns\n", others,
           (t1 - t0) / N, (t2 - t1) / N / 2, (t3 - t2) / N, (t4 - t3) / N);
    det_fini();
}

static void all_sizes(uint32_t most) {
    everybody(8, 100000, false, 1);
    everybody(1000, 1000, false, 2);
    everybody(1000, 1000, true, 1);
    everybody(100000, 5, false, 2);
    everybody(100000, 1, true, 1);
    if (most < 1000000) return;
    everybody(1000000, 1, false, 2);
    everybody(1000000, 1, true, 1);
}

/* bench_clock [parallel] [pairs | sizes | random] [most tasks] */
int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *what = "";
    uint32_t most = 1000000;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "parallel")) single = false;
        else if (strtoul(argv[i], NULL, 0)) most = (uint32_t)strtoul(argv[i], NULL, 0);
        else what = argv[i];
    if (!*what || !strcmp(what, "pairs")) spawn_and_join(1000000), ping_pong(0), ping_pong(100), ping_pong(100000);
    if (!*what || !strcmp(what, "sizes")) all_sizes(most);
    if (!*what || !strcmp(what, "random"))
        random_locks(100, 100, 200000), random_locks(1000, 1000, 50000), random_locks(10000, 10000, 100000);
    return 0;
}
