// Two fences with no atomic between them order nothing.
// expect: GR001
// cflags: -Wno-unknown-warning-option -Wno-tsan
#include "../stage.h"

static int x;

static void writer(void) {
    x = 1; // race: first
    atomic_thread_fence(memory_order_seq_cst);
}

static void reader(void) {
    atomic_thread_fence(memory_order_seq_cst);
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
