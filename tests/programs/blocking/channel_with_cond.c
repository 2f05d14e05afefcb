// One waits for a signal before it sends, the other for the value before it signals.
// expect: GD001
// exit: 2
// stderr-has: fatal error: all goroutines are asleep - deadlock!
#include "../stage.h"

static goro_mutex mu;
static goro_cond ready;
static bool is_ready;
static chan(int) c;

static void one(void) {
    goro_mutex_lock(&mu);
    while (!is_ready) goro_cond_wait(&ready); // at: GD001
    goro_mutex_unlock(&mu);
    chan_send(c, 1);
}

static void two(void) {
    chan_recv(c); // at: GD001
    goro_mutex_lock(&mu);
    is_ready = true;
    goro_cond_signal(&ready);
    goro_mutex_unlock(&mu);
}

int main(void) {
    c = chan_make(int, 0);
    goro_cond_init(&ready, &mu);
    together(one, two);
    return 0;
}
