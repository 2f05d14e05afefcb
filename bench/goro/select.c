/* A select over 2, 4 and 8 unbuffered channels, one goroutine sending on them in turn. */
#include "bench.h"

static void send_2(chan(int) *c, long n) {
    for (long i = 0; i < n; i++) chan_send(c[i % 2], 1);
}

static void send_4(chan(int) *c, long n) {
    for (long i = 0; i < n; i++) chan_send(c[i % 4], 1);
}

static void send_8(chan(int) *c, long n) {
    for (long i = 0; i < n; i++) chan_send(c[i % 8], 1);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000), sum = 0;
    chan(int) c[8];
    int v;
    for (int i = 0; i < 8; i++) c[i] = chan_make(int, 0);

    int64_t start = bench_now();
    go(send_2, c, n);
    for (long i = 0; i < n; i++) {
        chan_select {
            chan_case_recv(c[0], v) { sum += v; }
            chan_case_recv(c[1], v) { sum += v; }
        }
    }
    bench_report("select_2", bench_now() - start, n);

    start = bench_now();
    go(send_4, c, n);
    for (long i = 0; i < n; i++) {
        chan_select {
            chan_case_recv(c[0], v) { sum += v; }
            chan_case_recv(c[1], v) { sum += v; }
            chan_case_recv(c[2], v) { sum += v; }
            chan_case_recv(c[3], v) { sum += v; }
        }
    }
    bench_report("select_4", bench_now() - start, n);

    start = bench_now();
    go(send_8, c, n);
    for (long i = 0; i < n; i++) {
        chan_select {
            chan_case_recv(c[0], v) { sum += v; }
            chan_case_recv(c[1], v) { sum += v; }
            chan_case_recv(c[2], v) { sum += v; }
            chan_case_recv(c[3], v) { sum += v; }
            chan_case_recv(c[4], v) { sum += v; }
            chan_case_recv(c[5], v) { sum += v; }
            chan_case_recv(c[6], v) { sum += v; }
            chan_case_recv(c[7], v) { sum += v; }
        }
    }
    bench_report("select_8", bench_now() - start, n);
    return sum != 3 * n;
}
