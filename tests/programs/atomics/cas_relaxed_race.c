// A lock whose compare-exchange is relaxed lets one in at a time, and orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int lock;

static void count(void) {
    int open = 0;
    while (!atomic_compare_exchange_strong_explicit(&lock, &open, 1, memory_order_relaxed, memory_order_relaxed)) {
        open = 0;
        goro_yield();
    }
    x++; // race: both
    atomic_store_explicit(&lock, 0, memory_order_release);
}

int main(void) {
    together(count, count);
    return 0;
}
