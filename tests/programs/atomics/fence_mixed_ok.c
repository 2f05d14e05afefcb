// A fence on one side and an ordered operation on the other.
// expect: none
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../stage.h"

static int x, y;
static atomic_int a, b;

static void writer(void) {
    x = 1;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&a, 1, memory_order_relaxed);
    y = 1;
    atomic_store_explicit(&b, 1, memory_order_release);
}

static void reader(void) {
    while (!atomic_load_explicit(&a, memory_order_acquire)) goro_yield();
    use(x);
    while (!atomic_load_explicit(&b, memory_order_relaxed)) goro_yield();
    atomic_thread_fence(memory_order_acquire);
    use(y);
}

int main(void) {
    together(writer, reader);
    return 0;
}
