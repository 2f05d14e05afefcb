// 2,000 goroutines alive at once, each with a cell of its own in one dense array.
// expect: none
// timeout: 60
#include "../stage.h"

enum { N = 2000 };
static short cell[N];
static chan(goro_empty) start;

static void worker(goro_wg *wg, int i) {
    chan_recv(start);
    cell[i]++;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    start = chan_make(goro_empty, 0);
    goro_wg_add(&wg, N);
    for (int i = 0; i < N; i++) go(worker, &wg, i);
    chan_close(start);
    goro_wg_wait(&wg);
    int sum = 0;
    for (int i = 0; i < N; i++) sum += cell[i];
    chan_free(start);
    return sum != N;
}
