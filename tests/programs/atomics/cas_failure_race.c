// A compare-exchange that fails with a relaxed failure order has learnt nothing, whatever its success order.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    x = 1; // race: first
    atomic_store_explicit(&flag, 1, memory_order_release);
    stage_done();
}

static void reader(void) {
    int expected = 7;
    stage_await(1);
    if (!atomic_compare_exchange_strong_explicit(&flag, &expected, 8, memory_order_acq_rel, memory_order_relaxed))
        use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
