// Two children one after the other: the parent joins the first before it starts the second.
// expect: none
#include "../stage.h"

static int x;

static void set(goro_wg *wg, int to) {
    x = to;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < 5; i++) {
        goro_wg_add(&wg, 1);
        go(set, &wg, i);
        goro_wg_wait(&wg);
    }
    return x != 4;
}
