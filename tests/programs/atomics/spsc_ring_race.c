// The same ring with the producer looking at the consumer's index by a relaxed load: slots are written again unordered.
// expect: GR001
#include "../stage.h"

enum { SIZE = 4, ITEMS = 40 };
static int ring[SIZE];
static atomic_uint head, tail;

static void producer(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        while (i - atomic_load_explicit(&head, memory_order_relaxed) == SIZE) goro_yield();
        ring[i % SIZE] = (int)i; // race: first
        atomic_store_explicit(&tail, i + 1, memory_order_release);
    }
}

static void consumer(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        while (atomic_load_explicit(&tail, memory_order_acquire) == i) goro_yield();
        use(ring[i % SIZE]); // race: second
        atomic_store_explicit(&head, i + 1, memory_order_release);
    }
}

int main(void) {
    together(producer, consumer);
    return 0;
}
