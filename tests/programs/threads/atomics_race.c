// A relaxed flag between threads.
// expect: GR001
#include "../thread_stage.h"

static int x;
static atomic_int flag;

static void *writer(void *arg) {
    x = 1; // race: first
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    return arg;
}

static void *reader(void *arg) {
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) sched_yield();
    use(x); // race: second
    return arg;
}

int main(void) {
    together(writer, reader);
    return 0;
}
