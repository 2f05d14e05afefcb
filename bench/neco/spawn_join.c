/* A coroutine started and waited for, one after the other. */
#include "neco.h"
#include "../peer.h"

static void work(int argc, void *argv[]) {
    neco_waitgroup_done(argv[argc - 1]);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 1000000);
    neco_waitgroup wg;
    neco_waitgroup_init(&wg);
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        neco_waitgroup_add(&wg, 1);
        bench_check(neco_start(work, 1, &wg));
        neco_waitgroup_wait(&wg);
    }
    bench_report("spawn_join", start, n);
    return 0;
}
