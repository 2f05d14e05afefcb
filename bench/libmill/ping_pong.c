/* Round trips of one value over two unbuffered channels. */
#include "../peer.h"
#include <libmill.h>

static coroutine void echo(chan in, chan out) {
    for (;;) chs(out, int, chr(in, int));
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000);
    chan there = chmake(int, 0), back = chmake(int, 0);
    go(echo(there, back));
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        chs(there, int, (int)i);
        chr(back, int);
    }
    bench_report("ping_pong", start, n);
    return 0;
}
