// Add of a negative number is as many Done.
// expect: none
#include "../stage.h"

static int x;

static void worker(goro_wg *wg) {
    x = 1;
    goro_wg_add(wg, -3);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 3);
    go(worker, &wg);
    goro_wg_wait(&wg);
    use(x);
    return 0;
}
