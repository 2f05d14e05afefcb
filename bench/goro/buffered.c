/* One producer, one consumer, a buffer of 100. */
#include "bench.h"

static void produce(chan(long) c, long n) {
    for (long i = 0; i < n; i++) chan_send(c, i);
    chan_close(c);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 5000000), v, sum = 0;
    chan(long) c = chan_make(long, 100);
    int64_t start = bench_now();
    go(produce, c, n);
    chan_range(v, c) sum += v;
    bench_report("buffered", bench_now() - start, n);
    return sum != n * (n - 1) / 2;
}
