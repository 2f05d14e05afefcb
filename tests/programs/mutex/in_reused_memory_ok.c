// A mutex on the heap, freed and its memory used again for another mutex: the new one starts with no history.
// expect: none
#include "../stage.h"
#include <stdlib.h>

struct account { goro_mutex mu; int balance; };

static void deposit(goro_wg *wg, struct account *a) {
    goro_mutex_lock(&a->mu);
    a->balance++;
    goro_mutex_unlock(&a->mu);
    goro_wg_done(wg);
}

int main(void) {
    for (int round = 0; round < 20; round++) {
        struct account *a = calloc(1, sizeof *a);
        goro_wg wg = {0};
        goro_wg_add(&wg, 3);
        for (int i = 0; i < 3; i++) go(deposit, &wg, a);
        goro_wg_wait(&wg);
        if (a->balance != 3) return 1;
        free(a);
    }
    return 0;
}
