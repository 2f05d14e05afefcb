/* The prime sieve: a chain of filters, one coroutine and one channel per prime. */
#include "../peer.h"
#include <libdill.h>

static coroutine void generate(int out) {
    for (int i = 2;; i++)
        if (chsend(out, &i, sizeof i, -1) != 0) return;
}

static coroutine void filter(int in, int out, int prime) {
    int i;
    while (chrecv(in, &i, sizeof i, -1) == 0)
        if (i % prime && chsend(out, &i, sizeof i, -1) != 0) return;
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000);
    int c[2], next[2], prime = 0;
    bench_check(chmake(c));
    int64_t start = bench_now();
    bench_check(go(generate(c[0])));
    for (long i = 0; i < n; i++) {
        bench_check(chrecv(c[1], &prime, sizeof prime, -1));
        bench_check(chmake(next));
        bench_check(go(filter(c[1], next[0], prime)));
        c[1] = next[1];
    }
    bench_report("sieve", start, n);
    return n == 2000 && prime != 17389;
}
