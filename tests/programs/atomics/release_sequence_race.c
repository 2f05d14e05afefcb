// The relaxed read-modify-write in the middle of the sequence is not itself published by it.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void first(void) {
    atomic_store_explicit(&flag, 1, memory_order_release);
    stage_done();
}

static void second(void) {
    stage_await(1);
    x = 1; // race: first
    atomic_fetch_add_explicit(&flag, 1, memory_order_relaxed);
    stage_done();
}

static void reader(void) {
    stage_await(2);
    use(atomic_load_explicit(&flag, memory_order_acquire));
    use(x); // race: second
}

int main(void) {
    together3(first, second, reader);
    return 0;
}
