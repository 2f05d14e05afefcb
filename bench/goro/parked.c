/* A million goroutines parked on one channel: created, woken by a close, and the memory each takes. */
#include "bench.h"

static void park(chan(goro_empty) gate, goro_wg *parked, goro_wg *woken) {
    goro_wg_done(parked);
    chan_recv(gate);
    goro_wg_done(woken);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 1000000);
    chan(goro_empty) gate = chan_make(goro_empty, 0);
    goro_wg parked = {0}, woken = {0};
    long before = bench_resident_bytes();
    goro_wg_add(&parked, (int)n);
    goro_wg_add(&woken, (int)n);
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) go(park, gate, &parked, &woken);
    goro_wg_wait(&parked);
    bench_report("parked_create", bench_now() - start, n);
    printf("parked_bytes %.0f\n", (double)(bench_resident_bytes() - before) / (double)n);
    start = bench_now();
    chan_close(gate);
    goro_wg_wait(&woken);
    bench_report("parked_wake", bench_now() - start, n);
    return 0;
}
