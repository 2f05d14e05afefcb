// Each has its own, the waiter has all.
// expect: none
#include "../stage.h"

static int x, y;
static goro_wg wg;

static void first(void) {
    x = 1;
    goro_wg_done(&wg);
}

static void second(void) {
    y = 2;
    goro_wg_done(&wg);
}

int main(void) {
    goro_wg_add(&wg, 2);
    go(first);
    go(second);
    goro_wg_wait(&wg);
    return x + y != 3;
}
