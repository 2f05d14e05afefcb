// Failed try_lock and try_rlock order nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void holder(void) {
    x = 1; // race: first
    goro_rwmutex_lock(&mu);
    stage_done();
    stage_await(2);
    goro_rwmutex_unlock(&mu);
}

static void trier(void) {
    stage_await(1);
    if (goro_rwmutex_try_lock(&mu) || goro_rwmutex_try_rlock(&mu)) goro_panic("it is locked");
    use(x); // race: second
    stage_done();
}

int main(void) {
    together(holder, trier);
    return 0;
}
