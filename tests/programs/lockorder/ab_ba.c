// Two goroutines lock two mutexes in opposite orders, one after the other: nothing happens this time.
// expect: GD004*1
// race-exit: 0
#include "../stage.h"

static goro_mutex a, b;

static void first(void) {
    goro_mutex_lock(&a);
    goro_mutex_lock(&b); // at: GD004
    goro_mutex_unlock(&b);
    goro_mutex_unlock(&a);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_mutex_lock(&b);
    goro_mutex_lock(&a); // at: GD004
    goro_mutex_unlock(&a);
    goro_mutex_unlock(&b);
}

int main(void) {
    together(first, second);
    return 0;
}
