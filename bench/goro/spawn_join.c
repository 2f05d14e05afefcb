/* A goroutine started and waited for, one after the other. */
#include "bench.h"

static void work(goro_wg *wg) { goro_wg_done(wg); }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000);
    goro_wg wg = {0};
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        goro_wg_add(&wg, 1);
        go(work, &wg);
        goro_wg_wait(&wg);
    }
    bench_report("spawn_join", bench_now() - start, n);
    return 0;
}
