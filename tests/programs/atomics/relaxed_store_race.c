// A relaxed store publishes nothing, even to an acquire.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1; // race: first
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
}

static void reader(void) {
    while (!atomic_load_explicit(&flag, memory_order_acquire)) goro_yield();
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
