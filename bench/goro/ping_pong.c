/* Round trips of one value over two unbuffered channels. */
#include "bench.h"

static void echo(chan(int) in, chan(int) out) {
    int v;
    chan_range(v, in) chan_send(out, v);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000);
    chan(int) there = chan_make(int, 0), back = chan_make(int, 0);
    go(echo, there, back);
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        chan_send(there, (int)i);
        chan_recv(back);
    }
    bench_report("ping_pong", bench_now() - start, n);
    chan_close(there);
    return 0;
}
