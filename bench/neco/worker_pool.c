/* 8 workers, a million jobs, two buffered channels. */
#include "neco.h"
#include "../peer.h"

static void work(int argc, void *argv[]) {
    long j;
    while (neco_chan_recv(argv[0], &j) == NECO_OK) {
        j *= 2;
        neco_chan_send(argv[argc - 1], &j);
    }
}

static void feed(int argc, void *argv[]) {
    for (long i = 0, n = *(long *)argv[argc - 1]; i < n; i++) neco_chan_send(argv[0], &i);
    neco_chan_close(argv[0]);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 1000000), sum = 0, r;
    neco_chan *jobs, *results;
    neco_chan_make(&jobs, sizeof r, 100);
    neco_chan_make(&results, sizeof r, 100);
    int64_t start = bench_now();
    for (int w = 0; w < 8; w++) bench_check(neco_start(work, 2, jobs, results));
    bench_check(neco_start(feed, 2, jobs, &n));
    for (long i = 0; i < n; i++) {
        neco_chan_recv(results, &r);
        sum += r;
    }
    bench_report("worker_pool", start, n);
    return sum != n * (n - 1);
}
