// goro_wg_go starts the child with its parent's clock, and no more.
// expect: GR001
#include "../stage.h"

static int x;

static void child(void) {
    use(x); // race: first
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, child);
    x = 1; // race: second
    goro_wg_wait(&wg);
    return 0;
}
