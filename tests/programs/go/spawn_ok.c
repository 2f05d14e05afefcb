// What a parent did before `go` is before all that its child does.
// expect: none
#include "../stage.h"

static int x;

static void child(goro_wg *wg) {
    use(x);
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    x = 1;
    goro_wg_add(&wg, 1);
    go(child, &wg);
    goro_wg_wait(&wg);
    return 0;
}
