// A signal that nobody waits for yet, and no condition that remembers it.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_mutex mu;
static goro_cond ready;

static void one(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    goro_cond_wait(&ready); // at: GD001
    goro_mutex_unlock(&mu);
}

static void two(void) {
    goro_cond_signal(&ready);
    stage_done();
}

int main(void) {
    goro_cond_init(&ready, &mu);
    together(one, two);
    return 0;
}
