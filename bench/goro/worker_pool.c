/* 8 workers, a million jobs, two buffered channels. */
#include "bench.h"

static void work(chan(long) jobs, chan(long) results) {
    long j;
    chan_range(j, jobs) chan_send(results, j * 2);
}

static void feed(chan(long) jobs, long n) {
    for (long i = 0; i < n; i++) chan_send(jobs, i);
    chan_close(jobs);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000), sum = 0;
    chan(long) jobs = chan_make(long, 100), results = chan_make(long, 100);
    int64_t start = bench_now();
    for (int w = 0; w < 8; w++) go(work, jobs, results);
    go(feed, jobs, n);
    for (long i = 0; i < n; i++) sum += chan_recv(results);
    bench_report("worker_pool", bench_now() - start, n);
    return sum != n * (n - 1);
}
