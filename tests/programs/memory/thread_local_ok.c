// Thread-locals of goroutines that are locked to threads of their own.
// expect: none
#include "../stage.h"

static _Thread_local int mine;

static void count(void) {
    goro_lock_thread();
    stage_done();
    stage_await(2); // from here on each has a thread of its own
    mine = 0;
    for (int i = 0; i < 50; i++) {
        mine++;
        goro_yield();
    }
    if (mine != 50) goro_panic("mine is %d", mine);
    stage_done();
    stage_await(4); // and nobody gets the other's
    goro_unlock_thread();
}

int main(void) {
    goro_lock_thread();
    together(count, count);
    return mine;
}
