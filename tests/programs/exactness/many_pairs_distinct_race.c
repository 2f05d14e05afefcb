// 2,000 pairs of goroutines, 4,000 alive at once; each pair races once, on a location and in code of its own: 2,000
// findings, not one fewer.
// expect: GR001*2000
// timeout: 300
// runs: 1
// procs: 2
// opt: -O0
// mode: race
#include "../stage.h"

enum { PAIRS = 2000 };
static struct { long value, pad[7]; } cell[PAIRS];
static goro_wg ready, end;
static chan(goro_empty) start;

static void enter(void) {
    goro_wg_done(&ready);
    chan_recv(start);
}

#define PAIR(n)                                                                                                        \
    static void a##n(void) { enter(), cell[1##n - 10000].value++, goro_wg_done(&end); }                                \
    static void b##n(void) { enter(), cell[1##n - 10000].value += 2, goro_wg_done(&end); }
#define START(n) go(a##n); go(b##n);
#define TEN(X, n) X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7) X(n##8) X(n##9)
#define HUNDRED(X, n)                                                                                                  \
    TEN(X, n##0) TEN(X, n##1) TEN(X, n##2) TEN(X, n##3) TEN(X, n##4) TEN(X, n##5) TEN(X, n##6) TEN(X, n##7)            \
    TEN(X, n##8) TEN(X, n##9)
#define THOUSAND(X, n)                                                                                                 \
    HUNDRED(X, n##0) HUNDRED(X, n##1) HUNDRED(X, n##2) HUNDRED(X, n##3) HUNDRED(X, n##4) HUNDRED(X, n##5)              \
    HUNDRED(X, n##6) HUNDRED(X, n##7) HUNDRED(X, n##8) HUNDRED(X, n##9)

THOUSAND(PAIR, 0) // race: both first
THOUSAND(PAIR, 1) // race: both second

int main(void) {
    start = chan_make(goro_empty, 0);
    goro_wg_add(&ready, 2 * PAIRS);
    goro_wg_add(&end, 2 * PAIRS);
    THOUSAND(START, 0)
    THOUSAND(START, 1)
    goro_wg_wait(&ready);
    chan_close(start);
    goro_wg_wait(&end);
    chan_free(start);
    return 0;
}
