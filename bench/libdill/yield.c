/* Two coroutines that yield to each other. */
#include "../peer.h"
#include <libdill.h>

static coroutine void work(long n) {
    for (long i = 0; i < n; i++) bench_check(yield());
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 2000000);
    int both = bundle();
    bench_check(both);
    int64_t start = bench_now();
    bench_check(bundle_go(both, work(n)));
    bench_check(bundle_go(both, work(n)));
    bench_check(bundle_wait(both, -1));
    bench_report("yield", start, 2 * n);
    return 0;
}
