// A synchronisation of one's own (relaxed, so unseen), told by annotations.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1;
    goro_race_release(&flag);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
}

static void reader(void) {
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) goro_yield();
    goro_race_acquire(&flag);
    use(x);
}

int main(void) {
    together(writer, reader);
    return 0;
}
