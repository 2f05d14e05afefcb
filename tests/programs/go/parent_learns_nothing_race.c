// Starting a child tells the parent nothing of what the child does, however late the parent looks.
// expect: GR001
#include "../stage.h"

static int x;

static void child(goro_wg *wg) {
    x = 1; // race: first
    stage_done();
    goro_wg_done(wg);
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_add(&wg, 1);
    go(child, &wg);
    stage_await(1);
    use(x); // race: second
    goro_wg_wait(&wg);
    return 0;
}
