/* All goroutines started, then all waited for. */
#include "bench.h"

static void work(goro_wg *wg) { goro_wg_done(wg); }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000);
    goro_wg wg = {0};
    int64_t start = bench_now();
    goro_wg_add(&wg, (int)n);
    for (long i = 0; i < n; i++) go(work, &wg);
    goro_wg_wait(&wg);
    bench_report("spawn_all", bench_now() - start, n);
    return 0;
}
