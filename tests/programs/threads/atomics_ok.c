// C11 atomics between threads.
// expect: none
#include "../thread_stage.h"

static int x;
static atomic_int flag;

static void *writer(void *arg) {
    x = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
    return arg;
}

static void *reader(void *arg) {
    while (!atomic_load_explicit(&flag, memory_order_acquire)) sched_yield();
    use(x);
    return arg;
}

int main(void) {
    together(writer, reader);
    return 0;
}
