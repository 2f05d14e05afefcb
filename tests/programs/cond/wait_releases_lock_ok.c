// A wait unlocks: what the waiter did before it is before the next who locks.
// expect: none
#include "../stage.h"

static goro_mutex mu;
static goro_cond cond;
static int x, go_on;

static void waiter(void) {
    goro_mutex_lock(&mu);
    x = 1;
    stage_done();
    while (!go_on) goro_cond_wait(&cond);
    x = 3;
    goro_mutex_unlock(&mu);
}

static void other(void) {
    stage_await(1);
    goro_mutex_lock(&mu);
    if (x != 1) goro_panic("x is %d", x);
    x = 2;
    go_on = 1;
    goro_mutex_unlock(&mu);
    goro_cond_signal(&cond);
}

int main(void) {
    goro_cond_init(&cond, &mu);
    together(waiter, other);
    return x != 3;
}
