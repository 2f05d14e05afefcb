// The clock is of that address alone: the neighbour's release is not ours.
// expect: GR001
#include "../stage.h"

static int x;
static struct { atomic_char ours, neighbour; } flags;

static void writer(void) {
    x = 1; // race: first
    atomic_store_explicit(&flags.neighbour, 1, memory_order_release);
    stage_done();
}

static void reader(void) {
    stage_await(1);
    use(atomic_load_explicit(&flags.ours, memory_order_acquire));
    use(x); // race: second
}

int main(void) {
    together(writer, reader);
    return 0;
}
