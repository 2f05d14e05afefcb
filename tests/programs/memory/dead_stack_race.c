// A goroutine keeps the address of a variable on another's stack, and reads there when that one has ended.
// expect: GR003
#include "../stage.h"

static int *_Atomic kept;

static void owner(void) { // race: first
    int mine = 1;
    stage_await(1); // the visitor has a stack of its own: it will not get this one
    atomic_store_explicit(&kept, &mine, memory_order_relaxed);
    mine = 2;
    use(mine);
}

static void visitor(void) {
    int *theirs;
    stage_done();
    while (!(theirs = atomic_load_explicit(&kept, memory_order_relaxed))) goro_yield();
    while (goro_count() > 2) goro_yield(); // main and this one
    use(*theirs); // race: second
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, visitor);
    go(owner);
    goro_wg_wait(&wg);
    return 0;
}
