// Variables on one goroutine's stack, used by its children and joined before the frame ends.
// expect: none
#include "../stage.h"

static void leaf(goro_wg *wg, int *cell) {
    (*cell)++;
    goro_wg_done(wg);
}

static void middle(goro_wg *outer, int *sum) {
    goro_wg wg = {0};
    int cell[8] = {0};
    goro_wg_add(&wg, 8);
    for (int i = 0; i < 8; i++) go(leaf, &wg, &cell[i]);
    goro_wg_wait(&wg);
    for (int i = 0; i < 8; i++) *sum += cell[i];
    goro_wg_done(outer);
}

int main(void) {
    goro_wg wg = {0};
    int sum[10] = {0}, total = 0;
    goro_wg_add(&wg, 10);
    for (int i = 0; i < 10; i++) go(middle, &wg, &sum[i]);
    goro_wg_wait(&wg);
    for (int i = 0; i < 10; i++) total += sum[i];
    return total != 80;
}
