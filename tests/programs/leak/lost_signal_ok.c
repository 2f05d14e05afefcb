// The condition is in a variable: a signal that comes too early is not missed.
// expect: none
#include "../live.h"

static goro_mutex mu;
static goro_cond c;
static bool ready;

static void waiter(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    while (!ready) goro_cond_wait(&c);
    goro_mutex_unlock(&mu);
}

static void signaller(void) {
    goro_mutex_lock(&mu);
    ready = true;
    goro_cond_signal(&c);
    goro_mutex_unlock(&mu);
    stage_done();
}

int main(void) {
    goro_cond_init(&c, &mu);
    live_start();
    together(waiter, signaller);
    live_stop();
    return 0;
}
