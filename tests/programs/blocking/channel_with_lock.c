// One sends with a lock held that the receiver wants first.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_mutex mu;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    stage_done();
    chan_send(c, 1); // at: GD001
    goro_mutex_unlock(&mu);
}

static void two(void) {
    stage_await(1);
    goro_mutex_lock(&mu); // at: GD001
    chan_recv(c);
    goro_mutex_unlock(&mu);
}

int main(void) {
    c = chan_make(int, 0);
    together(one, two);
    return 0;
}
