// What one reader did before its read lock is unknown to a later reader: runlock orders for writers only.
// expect: GR001
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void first(void) {
    x = 1; // race: first
    goro_rwmutex_rlock(&mu);
    goro_rwmutex_runlock(&mu);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_rwmutex_rlock(&mu);
    goro_rwmutex_runlock(&mu);
    use(x); // race: second
}

int main(void) {
    together(first, second);
    return 0;
}
