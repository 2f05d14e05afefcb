// If the second storer has acquired the first, its own store passes both on.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void first(void) {
    x = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
}

static void second(void) {
    while (atomic_load_explicit(&flag, memory_order_acquire) != 1) goro_yield();
    atomic_store_explicit(&flag, 2, memory_order_release);
}

static void reader(void) {
    while (atomic_load_explicit(&flag, memory_order_acquire) != 2) goro_yield();
    use(x);
}

int main(void) {
    together3(first, second, reader);
    return 0;
}
