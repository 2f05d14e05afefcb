// Only the writer has a fence.
// expect: GR001
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1; // race: first
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
}

static void reader(void) {
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) goro_yield();
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
