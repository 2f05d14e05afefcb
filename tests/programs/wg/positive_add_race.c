// Add of a positive number publishes nothing: what the adder did is unordered with the waiter.
// expect: GR001
#include "../stage.h"

static int x;
static goro_wg wg;

static void adder(void) {
    x = 1; // race: first
    goro_wg_add(&wg, 1);
    stage_done();
}

static void doner(void) {
    stage_await(1);
    goro_wg_done(&wg);
    goro_wg_done(&wg);
}

int main(void) {
    goro_wg_add(&wg, 1);
    go(adder);
    go(doner);
    goro_wg_wait(&wg);
    use(x); // race: second
    return 0;
}
