/* 100,000 timers of 1 to 10 ms, with a function each: CPU time per timer. Then start and stop of one. */
#include "bench.h"

static void expired(void *wg) { goro_wg_done(wg); }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 100000);
    goro_timer *timer = calloc((size_t)n, sizeof *timer), one = {0};
    goro_wg wg = {0};
    goro_wg_add(&wg, (int)n);
    int64_t start = bench_cpu_ns();
    for (long i = 0; i < n; i++) goro_after_func(&timer[i], (1 + i % 10) * GORO_MILLISECOND, expired, &wg);
    goro_wg_wait(&wg);
    bench_report("timers_cpu", bench_cpu_ns() - start, n);

    start = bench_now();
    for (long i = 0; i < 10 * n; i++) {
        goro_timer_start(&one, GORO_HOUR);
        goro_timer_stop(&one);
    }
    bench_report("timer_start_stop", bench_now() - start, 10 * n);
    free(timer);
    return 0;
}
