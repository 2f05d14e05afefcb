// The address of one thread's local given to another.
// expect: GR001
#include "../thread_stage.h"

static _Thread_local int mine;
static int *_Atomic theirs;

static void *owner(void *arg) {
    atomic_store(&theirs, &mine);
    mine = 1; // race: first
    stage_done();
    stage_await(2);
    return arg;
}

static void *visitor(void *arg) {
    int *p;
    stage_await(1);
    while (!(p = atomic_load(&theirs))) sched_yield();
    use(*p); // race: second
    stage_done();
    return arg;
}

int main(void) {
    together(owner, visitor);
    return 0;
}
