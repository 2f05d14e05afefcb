/* The prime sieve: a chain of filters, one coroutine and one unbuffered channel per prime. */
#include "neco.h"
#include "../peer.h"

static void generate(int argc, void *argv[]) {
    for (int i = 2;; i++) neco_chan_send(argv[argc - 1], &i);
}

static void filter(int argc, void *argv[]) {
    int i, prime = (int)(intptr_t)argv[argc - 1];
    while (neco_chan_recv(argv[0], &i) == NECO_OK)
        if (i % prime) neco_chan_send(argv[1], &i);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 2000);
    neco_chan *c, *next;
    int prime = 0;
    neco_chan_make(&c, sizeof prime, 0);
    int64_t start = bench_now();
    bench_check(neco_start(generate, 1, c));
    for (long i = 0; i < n; i++) {
        neco_chan_recv(c, &prime);
        neco_chan_make(&next, sizeof prime, 0);
        bench_check(neco_start(filter, 3, c, next, (void *)(intptr_t)prime));
        c = next;
    }
    bench_report("sieve", start, n);
    return n == 2000 && prime != 17389;
}
