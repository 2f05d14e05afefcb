// atomic_flag as a spin lock.
// expect: none
#include "../stage.h"

static int x;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void count(void) {
    for (int i = 0; i < 100; i++) {
        while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) goro_yield();
        x++;
        atomic_flag_clear_explicit(&lock, memory_order_release);
    }
}

int main(void) {
    together(count, count);
    return x != 200;
}
