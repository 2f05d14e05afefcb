// Two goroutines lock two mutexes in opposite orders, and meet; main goes on.
// expect: GD002
#include "../stage.h"

static goro_mutex a, b;

static void first(void) {
    goro_mutex_lock(&a);
    stage_done();
    stage_await(2);
    goro_mutex_lock(&b); // at: GD002
}

static void second(void) {
    goro_mutex_lock(&b);
    stage_done();
    stage_await(2);
    goro_mutex_lock(&a); // at: GD002
}

int main(void) {
    go(first);
    go(second);
    stage_await(2);
    goro_sleep(20 * GORO_MILLISECOND);
    return 0;
}
