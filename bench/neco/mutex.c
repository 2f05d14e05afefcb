/* A mutex without contention, by 8 coroutines, and by 8 that yield while they hold it. */
#include "neco.h"
#include "../peer.h"

static neco_mutex mu;
static long counter;

static void count(int argc, void *argv[]) {
    long n = *(long *)argv[1], with_yield = *(long *)argv[argc - 1];
    for (long i = 0; i < n; i++) {
        neco_mutex_lock(&mu);
        counter++;
        if (with_yield) neco_yield();
        neco_mutex_unlock(&mu);
    }
    neco_waitgroup_done(argv[0]);
}

static void by_8(const char *name, long n, long with_yield) {
    neco_waitgroup wg;
    long each = n / 8;
    neco_waitgroup_init(&wg);
    neco_waitgroup_add(&wg, 8);
    int64_t start = bench_now();
    for (int i = 0; i < 8; i++) bench_check(neco_start(count, 3, &wg, &each, &with_yield));
    neco_waitgroup_wait(&wg);
    bench_report(name, start, each * 8);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 5000000);
    neco_mutex_init(&mu);
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        neco_mutex_lock(&mu);
        counter++;
        neco_mutex_unlock(&mu);
    }
    bench_report("mutex", start, n);
    by_8("mutex_by_8", n, 0);
    by_8("mutex_by_8_yield", n / 10, 1);
    return 0;
}
