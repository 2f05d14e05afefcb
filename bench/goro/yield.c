/* Two goroutines that yield to each other. */
#include "bench.h"

static void work(goro_wg *wg, long n) {
    for (long i = 0; i < n; i++) goro_yield();
    goro_wg_done(wg);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000000);
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    int64_t start = bench_now();
    go(work, &wg, n);
    go(work, &wg, n);
    goro_wg_wait(&wg);
    bench_report("yield", bench_now() - start, 2 * n);
    return 0;
}
