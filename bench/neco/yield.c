/* Two coroutines that yield to each other. */
#include "neco.h"
#include "../peer.h"

static void work(int argc, void *argv[]) {
    for (long i = 0, n = *(long *)argv[argc - 1]; i < n; i++) neco_yield();
    neco_waitgroup_done(argv[0]);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 2000000);
    neco_waitgroup wg;
    neco_waitgroup_init(&wg);
    neco_waitgroup_add(&wg, 2);
    int64_t start = bench_now();
    bench_check(neco_start(work, 2, &wg, &n));
    bench_check(neco_start(work, 2, &wg, &n));
    neco_waitgroup_wait(&wg);
    bench_report("yield", start, 2 * n);
    return 0;
}
