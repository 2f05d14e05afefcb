// An acquire that read the old value, before the release, has learnt nothing.
// expect: GR001
#include "../stage.h"

static int x;
static atomic_int flag;

static void reader(void) {
    use(atomic_load_explicit(&flag, memory_order_acquire));
    stage_done();
    stage_await(2);
    use(x); // race: first
}

static void writer(void) {
    stage_await(1);
    x = 1; // race: second
    atomic_store_explicit(&flag, 1, memory_order_release);
    stage_done();
}

int main(void) {
    together(writer, reader);
    return 0;
}
