// A goroutine has ended with the lock held.
// expect: GD001
// allow: GD002
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_mutex mu;

static void forgetful(void) {
    goro_mutex_lock(&mu);
    stage_done();
}

int main(void) {
    go(forgetful);
    stage_await(1);
    goro_mutex_lock(&mu);
    return 0;
}
