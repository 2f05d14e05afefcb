/* 8 goroutines count under one mutex; for the slowdown by -race. */
#include "bench.h"

static goro_mutex mu;
static long counter;

static void count(goro_wg *wg, long n) {
    for (long i = 0; i < n; i++) {
        goro_mutex_lock(&mu);
        counter++;
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000000);
    goro_wg wg = {0};
    int64_t start = bench_now();
    goro_wg_add(&wg, 8);
    for (int i = 0; i < 8; i++) go(count, &wg, n / 8);
    goro_wg_wait(&wg);
    bench_report("mutex_counter", bench_now() - start, n);
    return counter != n / 8 * 8;
}
