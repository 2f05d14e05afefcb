// The same, drawn by a generator with a fixed seed.
// twice: same
#include <goro.h>
#include <stdlib.h>

static goro_mutex mu;
static int taken;

static void worker(goro_wg *wg) {
    unsigned seed = 7;
    for (int i = rand_r(&seed) % 16; i >= 0; i--) {
        goro_mutex_lock(&mu);
        taken++;
        goro_mutex_unlock(&mu);
    }
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 2);
    go(worker, &wg);
    go(worker, &wg);
    goro_wg_wait(&wg);
    return 0;
}
