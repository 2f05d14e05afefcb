// A goroutine keeps the address of a variable on another's stack, and writes there when that one has ended.
// expect: GR003
#include "../stage.h"

static int *_Atomic kept;

static void owner(void) {
    int mine = 1; // race: first
    atomic_store_explicit(&kept, &mine, memory_order_relaxed);
    mine = 2; // race: first
    use(mine);
}

static void visitor(void) {
    int *theirs = atomic_load_explicit(&kept, memory_order_relaxed);
    use(*theirs); // race: second
}

int main(void) {
    goro_wg wg = {0};
    go(owner);
    while (!atomic_load_explicit(&kept, memory_order_relaxed)) goro_yield();
    while (goro_count() > 1) goro_yield();
    goro_wg_go(&wg, visitor);
    goro_wg_wait(&wg);
    return 0;
}
