// A try_lock that fails orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_mutex mu;

static void holder(void) {
    goro_mutex_lock(&mu);
    goro_mutex_unlock(&mu);
    x = 1; // race: first
    goro_mutex_lock(&mu);
    stage_done();
    stage_await(2);
    goro_mutex_unlock(&mu);
}

static void trier(void) {
    stage_await(1);
    if (goro_mutex_try_lock(&mu)) goro_panic("it is locked");
    use(x); // race: second
    stage_done();
}

int main(void) {
    together(holder, trier);
    return 0;
}
