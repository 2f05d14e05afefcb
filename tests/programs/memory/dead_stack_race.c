// A goroutine keeps the address of a variable on another's stack, and reads there when that one has ended.
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
    int *theirs;
    while (!(theirs = atomic_load_explicit(&kept, memory_order_relaxed))) goro_yield();
    while (goro_count() > 2) goro_yield(); // main and this one
    use(*theirs); // race: second
}

int main(void) {
    together(visitor, owner);
    return 0;
}
