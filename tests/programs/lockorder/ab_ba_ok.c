// The same two mutexes, in one order.
// expect: none
#include "../stage.h"

static goro_mutex a, b;

static void take_both(void) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b);
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
    stage_done();
}

static void second(void) {
    stage_await(1);
    take_both();
}

int main(void) {
    together(take_both, second);
    return 0;
}
