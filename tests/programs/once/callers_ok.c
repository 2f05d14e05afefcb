// Who waits while the function runs is after it, too.
// expect: none
#include "../stage.h"

static int x;
static goro_once once;

static void init(void) {
    stage_done();
    stage_pause();
    x = 1;
}

static void first(void) { goro_once_do(&once, init); }

static void second(void) {
    stage_await(1);
    goro_once_do(&once, init);
    use(x);
}

int main(void) {
    together(first, second);
    return 0;
}
