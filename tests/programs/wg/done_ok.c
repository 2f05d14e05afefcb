// Done -> the return of Wait, for each Done.
// expect: none
#include "../stage.h"

enum { N = 50 };
static int x[N];

static void worker(goro_wg *wg, int i) {
    x[i] = i;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, N);
    for (int i = 0; i < N; i++) go(worker, &wg, i);
    goro_wg_wait(&wg);
    int sum = 0;
    for (int i = 0; i < N; i++) sum += x[i];
    return sum != N * (N - 1) / 2;
}
