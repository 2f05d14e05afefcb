// Money goes from account to account, and each transfer locks the two in the order it is given them.
// expect: GD004
// race-exit: 0
#include "../stage.h"

#include <stdlib.h>

struct account {
    goro_mutex mu;
    long balance;
};

static void transfer(struct account *from, struct account *to, int step) {
    stage_await(step);
    goro_mutex_lock(&from->mu);
    goro_mutex_lock(&to->mu); // at: GD004
    from->balance--;
    to->balance++;
    goro_mutex_unlock(&to->mu);
    goro_mutex_unlock(&from->mu);
    stage_done();
}

int main(void) {
    struct account *x = calloc(2, sizeof *x);
    goro_wg wg = {0};
    goro_wg_go(&wg, transfer, &x[0], &x[1], 0);
    goro_wg_go(&wg, transfer, &x[1], &x[0], 1);
    goro_wg_wait(&wg);
    free(x);
    return 0;
}
