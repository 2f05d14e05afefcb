// The same, but the parent waits for the child before it looks.
// expect: none
#include "../stage.h"

static int x;

static void child(goro_wg *wg) {
    x = 1;
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(child, &wg);
    goro_wg_wait(&wg);
    use(x);
    return 0;
}
