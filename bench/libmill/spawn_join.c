/* A coroutine started, which runs at once and has then ended, one after the other. */
#include "../peer.h"
#include <libmill.h>

static coroutine void work(long *done) { ++*done; }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000), done = 0;
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) go(work(&done));
    bench_report("spawn_join", start, n);
    return done != n;
}
