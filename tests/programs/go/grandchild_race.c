// A grandchild knows what its grandparent did before the first `go`, not what came between the two.
// expect: GR001
#include "../stage.h"

static int x;
static goro_wg wg;

static void grandchild(void) {
    use(x); // race: first
    goro_wg_done(&wg);
}

static void child(void) {
    stage_await(1);
    go(grandchild);
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(child);
    x = 1; // race: second
    stage_done();
    goro_wg_wait(&wg);
    return 0;
}
