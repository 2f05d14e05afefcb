/* Round trips of one value over two unbuffered channels. */
#include "../peer.h"
#include <libdill.h>

static coroutine void echo(int in, int out) {
    int v;
    while (chrecv(in, &v, sizeof v, -1) == 0) bench_check(chsend(out, &v, sizeof v, -1));
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000);
    int there[2], back[2], v = 0;
    bench_check(chmake(there));
    bench_check(chmake(back));
    bench_check(go(echo(there[1], back[0])));
    int64_t start = bench_now();
    for (long i = 0; i < n; i++) {
        v = (int)i;
        bench_check(chsend(there[0], &v, sizeof v, -1));
        bench_check(chrecv(back[1], &v, sizeof v, -1));
    }
    bench_report("ping_pong", start, n);
    return v != (int)n - 1;
}
