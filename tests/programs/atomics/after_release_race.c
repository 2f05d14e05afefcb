// What follows the store-release is not published by it.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    atomic_store_explicit(&flag, 1, memory_order_release);
    x = 1; // race: first
    stage_done();
}

static void reader(void) {
    stage_await(1);
    use(atomic_load_explicit(&flag, memory_order_acquire));
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
