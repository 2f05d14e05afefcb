/* One producer, one consumer, a buffer of 100. */
#include "neco.h"
#include "../peer.h"

static void produce(int argc, void *argv[]) {
    long n = *(long *)argv[argc - 1];
    for (long i = 0; i < n; i++) neco_chan_send(argv[0], &i);
    neco_chan_close(argv[0]);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 5000000), v, sum = 0;
    neco_chan *c;
    neco_chan_make(&c, sizeof v, 100);
    int64_t start = bench_now();
    bench_check(neco_start(produce, 2, c, &n));
    while (neco_chan_recv(c, &v) == NECO_OK) sum += v;
    bench_report("buffered", start, n);
    return sum != n * (n - 1) / 2;
}
