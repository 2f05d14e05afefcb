/* One producer, one consumer, a buffer of 100. */
#include "../peer.h"
#include <libmill.h>

static coroutine void produce(chan c, long n) {
    for (long i = 0; i < n; i++) chs(c, long, i);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 5000000), sum = 0;
    chan c = chmake(long, 100);
    int64_t start = bench_now();
    go(produce(c, n));
    for (long i = 0; i < n; i++) sum += chr(c, long);
    bench_report("buffered", start, n);
    return sum != n * (n - 1) / 2;
}
