// A spin lock given up with a relaxed clear.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void count(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) goro_yield();
    x++; // race: both
    atomic_flag_clear_explicit(&lock, memory_order_relaxed);
}

int main(void) {
    together(count, count);
    return 0;
}
