// A goroutine that starts another under the same WaitGroup, by Add while the counter is above zero.
// expect: none
#include "../stage.h"

static int x;
static goro_wg wg;

static void grandchild(void) {
    x++;
    goro_wg_done(&wg);
}

static void child(void) {
    x++;
    goro_wg_add(&wg, 1);
    go(grandchild);
    goro_wg_done(&wg);
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(child);
    goro_wg_wait(&wg);
    return x != 2;
}
