// main waits for two goroutines that wait for each other: the cycle is told, not its consequence as well.
// expect: GD002
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
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
    together(first, second);
    return 0;
}
