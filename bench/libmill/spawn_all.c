/* All coroutines started. libmill runs each at once, so one stack serves all, and all have ended when the loop has. */
#include "../peer.h"
#include <libmill.h>

static coroutine void work(long *done) { ++*done; }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000), done = 0;
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) go(work(&done));
    bench_report("spawn_all", start, n);
    return done != n;
}
