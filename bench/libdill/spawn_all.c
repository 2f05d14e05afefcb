/* All coroutines started, then all waited for. libdill runs each at once, so one stack serves all. */
#include "../peer.h"
#include <libdill.h>

static coroutine void work(long *done) { ++*done; }

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000), done = 0;
    int64_t start = bench_now();
    int all = bundle();
    bench_check(all);
    for (long i = 0; i < n; i++) bench_check(bundle_go(all, work(&done)));
    bench_check(bundle_wait(all, -1));
    bench_report("spawn_all", start, n);
    return done != n;
}
