/* Two coroutines that yield to each other. */
#include "../peer.h"
#include <libmill.h>

static coroutine void work(long n, chan done) {
    for (long i = 0; i < n; i++) yield();
    chs(done, int, 1);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000000);
    chan done = chmake(int, 2);
    int64_t start = bench_now();
    go(work(n, done));
    go(work(n, done));
    chr(done, int);
    chr(done, int);
    bench_report("yield", start, 2 * n);
    return 0;
}
