/* 8 workers, a million jobs, two buffered channels. */
#include "../peer.h"
#include <libmill.h>

static coroutine void work(chan jobs, chan results) {
    for (;;) chs(results, long, chr(jobs, long) * 2);
}

static coroutine void feed(chan jobs, long n) {
    for (long i = 0; i < n; i++) chs(jobs, long, i);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000), sum = 0;
    chan jobs = chmake(long, 100), results = chmake(long, 100);
    int64_t start = bench_now();
    for (int w = 0; w < 8; w++) go(work(jobs, results));
    go(feed(jobs, n));
    for (long i = 0; i < n; i++) sum += chr(results, long);
    bench_report("worker_pool", start, n);
    return sum != n * (n - 1);
}
