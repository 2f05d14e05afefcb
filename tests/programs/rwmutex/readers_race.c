// Readers never order each other, even one after the other: a write under a read lock races.
// expect: GR001
#include "../stage.h"

static int x;
static goro_rwmutex mu;

static void first(void) {
    goro_rwmutex_rlock(&mu);
    x++; // race: first
    goro_rwmutex_runlock(&mu);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_rwmutex_rlock(&mu);
    x++; // race: second
    goro_rwmutex_runlock(&mu);
}

int main(void) {
    together(first, second);
    return 0;
}
