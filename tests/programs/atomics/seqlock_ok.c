// A sequence lock whose data are relaxed atomics: correct as C11 wants it.
// expect: none
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../stage.h"

static atomic_uint sequence;
static atomic_int a, b;

static void writer(void) {
    for (int i = 1; i <= 50; i++) {
        atomic_store_explicit(&sequence, 2u * (unsigned)i - 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&a, i, memory_order_relaxed);
        atomic_store_explicit(&b, -i, memory_order_relaxed);
        atomic_store_explicit(&sequence, 2u * (unsigned)i, memory_order_release);
    }
}

static void reader(void) {
    for (int i = 0; i < 50; i++) {
        unsigned before = atomic_load_explicit(&sequence, memory_order_acquire);
        int sum = atomic_load_explicit(&a, memory_order_relaxed) + atomic_load_explicit(&b, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (!(before & 1) && atomic_load_explicit(&sequence, memory_order_relaxed) == before && sum)
            goro_panic("torn read");
        goro_yield();
    }
}

int main(void) {
    together(writer, reader);
    return 0;
}
