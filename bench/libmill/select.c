/* A choose over 2, 4 and 8 unbuffered channels, one coroutine sending on them in turn. */
#include "../peer.h"
#include <libmill.h>

static coroutine void send_all(const chan *c, int channels, long n) {
    for (long i = 0; i < n; i++) chs(c[i % channels], int, 1);
}

int main(int argc, char **argv) {
    long n = bench_count(argc, argv, 500000), sum = 0;
    chan c[8];
    for (int i = 0; i < 8; i++) c[i] = chmake(int, 0);

    int64_t start = bench_now();
    go(send_all(c, 2, n));
    for (long i = 0; i < n; i++) {
        choose {
        in(c[0], int, v): sum += v;
        in(c[1], int, v): sum += v;
        end
        }
    }
    bench_report("select_2", start, n);

    start = bench_now();
    go(send_all(c, 4, n));
    for (long i = 0; i < n; i++) {
        choose {
        in(c[0], int, v): sum += v;
        in(c[1], int, v): sum += v;
        in(c[2], int, v): sum += v;
        in(c[3], int, v): sum += v;
        end
        }
    }
    bench_report("select_4", start, n);

    start = bench_now();
    go(send_all(c, 8, n));
    for (long i = 0; i < n; i++) {
        choose {
        in(c[0], int, v): sum += v;
        in(c[1], int, v): sum += v;
        in(c[2], int, v): sum += v;
        in(c[3], int, v): sum += v;
        in(c[4], int, v): sum += v;
        in(c[5], int, v): sum += v;
        in(c[6], int, v): sum += v;
        in(c[7], int, v): sum += v;
        end
        }
    }
    bench_report("select_8", start, n);
    return sum != 3 * n;
}
