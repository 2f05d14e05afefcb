// What a parent does after `go` is unordered with its child.
// expect: GR001
#include "../stage.h"

static int x;

static void child(goro_wg *wg) {
    use(x); // race: first
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(child, &wg);
    x = 1; // race: second
    goro_wg_wait(&wg);
    return 0;
}
