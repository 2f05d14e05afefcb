// In C11 a later relaxed store by the releaser itself still belongs to its release sequence.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
    atomic_store_explicit(&flag, 2, memory_order_relaxed);
}

static void reader(void) {
    while (atomic_load_explicit(&flag, memory_order_acquire) != 2) goro_yield();
    use(x);
}

int main(void) {
    together(writer, reader);
    return 0;
}
