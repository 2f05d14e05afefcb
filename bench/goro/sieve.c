/* The prime sieve: a chain of filters, one goroutine and one unbuffered channel per prime. */
#include "bench.h"

static void generate(chan(int) out) {
    for (int i = 2;; i++) chan_send(out, i);
}

static void filter(chan(int) in, chan(int) out, int prime) {
    for (;;) {
        int i = chan_recv(in);
        if (i % prime) chan_send(out, i);
    }
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000);
    chan(int) c = chan_make(int, 0);
    int prime = 0;
    int64_t start = bench_now();
    go(generate, c);
    for (long i = 0; i < n; i++) {
        prime = chan_recv(c);
        chan(int) next = chan_make(int, 0);
        go(filter, c, next, prime);
        c = next;
    }
    bench_report("sieve", bench_now() - start, n);
    return n == 2000 && prime != 17389;
}
