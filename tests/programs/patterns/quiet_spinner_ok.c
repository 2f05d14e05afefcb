// A goroutine that only polls relaxed atomics, next to real work.
// expect: none
#include "../stage.h"

static atomic_long progress;
static atomic_int end;

static void worker(void) {
    for (int i = 0; i < 200; i++) atomic_fetch_add_explicit(&progress, 1, memory_order_relaxed);
    atomic_store_explicit(&end, 1, memory_order_relaxed);
}

static void watcher(void) {
    long last = 0;
    while (!atomic_load_explicit(&end, memory_order_relaxed)) {
        long now = atomic_load_explicit(&progress, memory_order_relaxed);
        if (now < last) goro_panic("it went back");
        last = now;
        goro_yield();
    }
}

int main(void) {
    together(worker, watcher);
    return 0;
}
