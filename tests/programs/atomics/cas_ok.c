// A compare-exchange that succeeds orders by its success order.
// expect: none
#include "../stage.h"

static int x;
static atomic_int lock;

static void count(void) {
    for (int i = 0; i < 100; i++) {
        int open = 0;
        while (!atomic_compare_exchange_weak_explicit(&lock, &open, 1, memory_order_acquire, memory_order_relaxed)) {
            open = 0;
            goro_yield();
        }
        x++;
        atomic_store_explicit(&lock, 0, memory_order_release);
    }
}

int main(void) {
    together(count, count);
    return x != 200;
}
