/* All coroutines started, then all waited for. neco runs each at once, so one stack serves all. */
#include "neco.h"
#include "../peer.h"

static void work(int argc, void *argv[]) {
    neco_waitgroup_done(argv[argc - 1]);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 500000);
    neco_waitgroup wg;
    neco_waitgroup_init(&wg);
    int64_t start = bench_now();
    neco_waitgroup_add(&wg, (int)n);
    for (long i = 0; i < n; i++) bench_check(neco_start(work, 1, &wg));
    neco_waitgroup_wait(&wg);
    bench_report("spawn_all", start, n);
    return 0;
}
