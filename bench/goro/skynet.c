/* Skynet: a tree of goroutines, ten children each, a million leaves that send their number up to be summed. */
#include "bench.h"

static void skynet(chan(long) up, long number, long size) {
    if (size == 1) {
        chan_send(up, number);
        return;
    }
    chan(long) sums = chan_make(long, 0);
    long sum = 0;
    for (long i = 0; i < 10; i++) go(skynet, sums, number + i * (size / 10), size / 10);
    for (int i = 0; i < 10; i++) sum += chan_recv(sums);
    chan_free(sums);
    chan_send(up, sum);
}

int main(int argc, char **argv) {
    long leaves = bench_count(argc, argv, 1000000), all = 0;
    for (long level = leaves; level; level /= 10) all += level;
    chan(long) result = chan_make(long, 0);
    int64_t start = bench_now();
    go(skynet, result, 0, leaves);
    long sum = chan_recv(result);
    bench_report("skynet", bench_now() - start, all);
    return sum != leaves * (leaves - 1) / 2;
}
