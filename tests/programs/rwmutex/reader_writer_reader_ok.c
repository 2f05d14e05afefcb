// Through a writer in between, the later reader knows the earlier one.
// expect: none
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void first(void) {
    x = 1;
    goro_rwmutex_rlock(&mu);
    goro_rwmutex_runlock(&mu);
    stage_done();
}

static void writer(void) {
    stage_await(1);
    goro_rwmutex_lock(&mu);
    goro_rwmutex_unlock(&mu);
    stage_done();
}

static void second(void) {
    stage_await(2);
    goro_rwmutex_rlock(&mu);
    use(x);
    goro_rwmutex_runlock(&mu);
}

int main(void) {
    together3(first, writer, second);
    return 0;
}
