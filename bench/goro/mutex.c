/* A mutex without contention, by 8 goroutines, and by 8 that yield while they hold it. */
#include "bench.h"

static goro_mutex mu;
static long counter;

static void count(goro_wg *wg, long n, int with_yield) {
    for (long i = 0; i < n; i++) {
        goro_mutex_lock(&mu);
        counter++;
        if (with_yield) goro_yield();
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

static void by_8(const char *name, long n, int with_yield) {
    goro_wg wg = {0};
    int64_t start = bench_now();
    goro_wg_add(&wg, 8);
    for (int i = 0; i < 8; i++) go(count, &wg, n / 8, with_yield);
    goro_wg_wait(&wg);
    bench_report(name, bench_now() - start, n / 8 * 8);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 5000000);
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        goro_mutex_lock(&mu);
        counter++;
        goro_mutex_unlock(&mu);
    }
    bench_report("mutex", bench_now() - start, n);
    by_8("mutex_by_8", n, 0);
    by_8("mutex_by_8_yield", n / 10, 1);
    return 0;
}
