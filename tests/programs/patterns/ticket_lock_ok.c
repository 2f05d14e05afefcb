// A ticket lock of atomics.
// expect: none
#include "../stage.h"

static atomic_uint next_ticket, now_serving;
static int x;

static void count(void) {
    for (int i = 0; i < 30; i++) {
        unsigned mine = atomic_fetch_add_explicit(&next_ticket, 1, memory_order_relaxed);
        while (atomic_load_explicit(&now_serving, memory_order_acquire) != mine) goro_yield();
        x++;
        atomic_store_explicit(&now_serving, mine + 1, memory_order_release);
    }
}

int main(void) {
    together3(count, count, count);
    return x != 90;
}
