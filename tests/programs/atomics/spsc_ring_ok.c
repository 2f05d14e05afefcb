// A ring for one producer and one consumer, two indices.
// expect: none
#include "../stage.h"

enum { SIZE = 8, ITEMS = 500 };
static int ring[SIZE];
static atomic_uint head, tail;

static void producer(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        while (i - atomic_load_explicit(&head, memory_order_acquire) == SIZE) goro_yield();
        ring[i % SIZE] = (int)i;
        atomic_store_explicit(&tail, i + 1, memory_order_release);
    }
}

static void consumer(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        while (atomic_load_explicit(&tail, memory_order_acquire) == i) goro_yield();
        if (ring[i % SIZE] != (int)i) goro_panic("item %u", i);
        atomic_store_explicit(&head, i + 1, memory_order_release);
    }
}

int main(void) {
    together(producer, consumer);
    return 0;
}
