// Each transfer locks the account with the lower address first.
// expect: none
#include "../stage.h"

#include <stdlib.h>

struct account {
    goro_mutex mu;
    long balance;
};

static void transfer(struct account *from, struct account *to, int step) {
    struct account *low = from < to ? from : to, *high = from < to ? to : from;
    stage_await(step);
    goro_mutex_lock(&low->mu);
    goro_mutex_lock(&high->mu);
    from->balance--;
    to->balance++;
    goro_mutex_unlock(&high->mu);
    goro_mutex_unlock(&low->mu);
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
