/* The prime sieve: a chain of filters, one coroutine and one unbuffered channel per prime. */
#include "../peer.h"
#include <libmill.h>

static coroutine void generate(chan out) {
    for (int i = 2;; i++) chs(out, int, i);
}

static coroutine void filter(chan in, chan out, int prime) {
    for (;;) {
        int i = chr(in, int);
        if (i % prime) chs(out, int, i);
    }
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000);
    chan c = chmake(int, 0);
    int prime = 0;
    int64_t start = bench_now();
    go(generate(chdup(c)));
    for (long i = 0; i < n; i++) {
        prime = chr(c, int);
        chan next = chmake(int, 0);
        go(filter(c, chdup(next), prime));
        c = next;
    }
    bench_report("sieve", start, n);
    return n == 2000 && prime != 17389;
}
