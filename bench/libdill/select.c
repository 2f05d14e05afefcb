/* A choose over 2, 4 and 8 channels, one coroutine sending on them in turn. */
#include "../peer.h"
#include <libdill.h>

static coroutine void send(const int *c, int channels, long n) {
    int one = 1;
    for (long i = 0; i < n; i++) bench_check(chsend(c[i % channels], &one, sizeof one, -1));
}

int main(int argc, char **argv) {
    static const char *const names[] = {"select_2", "select_4", "select_8"};
    long n = bench_count(argc, argv, 500000), sum = 0;
    int from[8], to[8], v = 0;
    struct chclause clauses[8];
    for (int i = 0; i < 8; i++) {
        int c[2];
        bench_check(chmake(c));
        to[i] = c[0];
        from[i] = c[1];
        clauses[i] = (struct chclause){CHRECV, from[i], &v, sizeof v};
    }
    for (int k = 0; k < 3; k++) {
        int64_t start = bench_now();
        bench_check(go(send(to, 2 << k, n)));
        for (long i = 0; i < n; i++) {
            bench_check(choose(clauses, 2 << k, -1));
            sum += v;
        }
        bench_report(names[k], start, n);
    }
    return sum != 3 * n;
}
