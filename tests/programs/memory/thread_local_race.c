// The address of one goroutine's thread-local, used by another.
// expect: GR001
#include "../stage.h"

static _Thread_local int mine;
static int *_Atomic theirs;

static void owner(void) {
    goro_lock_thread();
    mine = 1; // race: first
    atomic_store_explicit(&theirs, &mine, memory_order_relaxed);
    stage_await(1);
    goro_unlock_thread();
}

static void visitor(void) {
    int *p;
    while (!(p = atomic_load_explicit(&theirs, memory_order_relaxed))) goro_yield();
    *p = 2; // race: second
    stage_done();
}

int main(void) {
    together(owner, visitor);
    return 0;
}
