/* A select over 2, 4 and 8 unbuffered channels, one coroutine sending on them in turn. */
#include "neco.h"
#include "../peer.h"

struct job {
    neco_chan **c;
    int channels;
    long n;
};

static void send_all(int argc, void *argv[]) {
    struct job *j = argv[argc - 1];
    int one = 1;
    for (long i = 0; i < j->n; i++) neco_chan_send(j->c[i % j->channels], &one);
}

int neco_main(int argc, char *argv[]) {
    static const char *const names[] = {"select_2", "select_4", "select_8"};
    long n = bench_count(argc, argv, 500000), sum = 0;
    neco_chan *c[8];
    for (int i = 0; i < 8; i++) neco_chan_make(&c[i], sizeof(int), 0);
    for (int k = 0; k < 3; k++) {
        struct job j = {c, 2 << k, n};
        int64_t start = bench_now();
        bench_check(neco_start(send_all, 1, &j));
        for (long i = 0; i < n; i++) {
            int v = 0;
            neco_chan_case(c[neco_chan_selectv(j.channels, c)], &v);
            sum += v;
        }
        bench_report(names[k], start, n);
    }
    return sum != 3 * n;
}
