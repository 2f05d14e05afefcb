/* A coroutine started and its handle closed, one after the other. libdill runs it at once: it has ended by then. */
#include "../peer.h"
#include <libdill.h>

static coroutine void work(long *done) { ++*done; }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000), done = 0;
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        int h = go(work(&done));
        bench_check(h);
        bench_check(hclose(h));
    }
    bench_report("spawn_join", start, n);
    return done != n;
}
