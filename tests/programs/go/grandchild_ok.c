// Knowledge passes down all generations.
// expect: none
#include "../stage.h"

static int x;
static goro_wg wg;

static void descendant(int generation) {
    use(x);
    if (generation < 20) go(descendant, generation + 1);
    else goro_wg_done(&wg);
}

int main(void) {
    x = 1;
    goro_wg_add(&wg, 1);
    go(descendant, 1);
    goro_wg_wait(&wg);
    return 0;
}
