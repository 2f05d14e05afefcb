// One result slot behind a mutex.
// expect: none
#include "../stage.h"

static int best;
static goro_mutex mu;

static void worker(int v) {
    goro_mutex_lock(&mu);
    if (v > best) best = v;
    goro_mutex_unlock(&mu);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 10; i++) goro_wg_go(&wg, worker, (i * 7) % 10);
    goro_wg_wait(&wg);
    return best != 9;
}
