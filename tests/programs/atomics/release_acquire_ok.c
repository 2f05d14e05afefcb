// A load-acquire that reads a store-release orders.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
}

static void reader(void) {
    while (!atomic_load_explicit(&flag, memory_order_acquire)) goro_yield();
    use(x);
}

int main(void) {
    together(writer, reader);
    return 0;
}
