// A read-modify-write by another, even a relaxed one, continues a release sequence.
// expect: none
#include "../stage.h"

static int x;
static atomic_int flag;

static void first(void) {
    x = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
    stage_done();
}

static void second(void) {
    stage_await(1);
    atomic_fetch_add_explicit(&flag, 1, memory_order_relaxed);
    stage_done();
}

static void reader(void) {
    stage_await(2);
    use(atomic_load_explicit(&flag, memory_order_acquire));
    use(x);
}

int main(void) {
    together3(first, second, reader);
    return 0;
}
