// A barrier made of a mutex and a cond, used round after round.
// expect: none
#include "../stage.h"

enum { N = 5, ROUNDS = 10 };
static goro_mutex mu;
static goro_cond all;
static int arrived, generation;
static int cell[2][N];

static void barrier(void) {
    goro_mutex_lock(&mu);
    int mine = generation;
    if (++arrived == N) {
        arrived = 0;
        generation++;
        goro_cond_broadcast(&all);
    }
    while (mine == generation) goro_cond_wait(&all);
    goro_mutex_unlock(&mu);
}

static void worker(int me) {
    for (int round = 0; round < ROUNDS; round++) {
        int from = round & 1;
        cell[!from][me] = cell[from][(me + 1) % N] + 1;
        barrier();
    }
}

int main(void) {
    goro_wg wg = {0};
    goro_cond_init(&all, &mu);
    for (int i = 0; i < N; i++) goro_wg_go(&wg, worker, i);
    goro_wg_wait(&wg);
    return cell[ROUNDS & 1][0] != ROUNDS;
}
