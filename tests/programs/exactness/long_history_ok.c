// 100,000 critical sections in four goroutines over 1,000 variables: nothing is invented.
// expect: none
// timeout: 60
// runs: 1
#include "../stage.h"

enum { LOCKS = 16, CELLS = 1000 };
static goro_mutex mu[LOCKS];
static int cell[CELLS];

static void worker(int seed) {
    unsigned r = (unsigned)seed;
    for (int i = 0; i < 25000; i++) {
        r = r * 1103515245u + 12345u;
        unsigned k = (r >> 8) % CELLS;
        goro_mutex_lock(&mu[k % LOCKS]);
        cell[k]++;
        goro_mutex_unlock(&mu[k % LOCKS]);
    }
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 1; i <= 4; i++) goro_wg_go(&wg, worker, i);
    goro_wg_wait(&wg);
    int sum = 0;
    for (int i = 0; i < CELLS; i++) sum += cell[i];
    return sum != 100000;
}
