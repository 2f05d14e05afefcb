// Two try to be first with a compare-exchange; the loser uses the winner's value.
// expect: none
#include "../stage.h"

static int prepared[2];
static atomic_int winner = -1;

static void candidate(int me) {
    prepared[me] = me + 100;
    int nobody = -1;
    atomic_compare_exchange_strong(&winner, &nobody, me);
    int first = atomic_load(&winner);
    if (prepared[first] != first + 100) goro_panic("the winner was not ready");
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, candidate, 0);
    goro_wg_go(&wg, candidate, 1);
    goro_wg_wait(&wg);
    return 0;
}
