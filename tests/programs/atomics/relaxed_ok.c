// ... but they never race with each other.
// expect: none
#include "../stage.h"

static atomic_long counter;

static void count(void) {
    for (int i = 0; i < 1000; i++) atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);
}

int main(void) {
    together3(count, count, count);
    return atomic_load_explicit(&counter, memory_order_relaxed) != 3000;
}
