/* Round trips of one value over two unbuffered channels. */
#include "neco.h"
#include "../peer.h"

static void echo(int argc, void *argv[]) {
    int v;
    while (neco_chan_recv(argv[0], &v) == NECO_OK) neco_chan_send(argv[argc - 1], &v);
}

int neco_main(int argc, char *argv[]) {
    long n = bench_count(argc, argv, 500000);
    neco_chan *there, *back;
    int v = 0;
    neco_chan_make(&there, sizeof v, 0);
    neco_chan_make(&back, sizeof v, 0);
    bench_check(neco_start(echo, 2, there, back));
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        v = (int)i;
        neco_chan_send(there, &v);
        neco_chan_recv(back, &v);
    }
    bench_report("ping_pong", start, n);
    return v != (int)n - 1;
}
