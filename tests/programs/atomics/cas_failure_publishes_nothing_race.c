// A compare-exchange that fails stores nothing, and so publishes nothing.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void writer(void) {
    int expected = 7;
    x = 1; // race: first
    atomic_compare_exchange_strong_explicit(&flag, &expected, 8, memory_order_seq_cst, memory_order_seq_cst);
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
