/* Independent work for four goroutines: how much faster it gets with a second P. */
#include "bench.h"

static long collatz(long from, long to) {
    long steps = 0;
    for (long i = from; i < to; i++)
        for (unsigned long v = (unsigned long)i; v > 1; steps++) v = v % 2 ? 3 * v + 1 : v / 2;
    return steps;
}

static void work(chan(long) out, long from, long to) { chan_send(out, collatz(from, to)); }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000), steps = 0;
    enum { PARTS = 16 };
    chan(long) out = chan_make(long, PARTS);
    int64_t start = bench_now();
    for (long i = 0; i < PARTS; i++) go(work, out, i * n / PARTS, (i + 1) * n / PARTS);
    for (int i = 0; i < PARTS; i++) steps += chan_recv(out);
    bench_report("scaling", bench_now() - start, n);
    return steps == 0;
}
