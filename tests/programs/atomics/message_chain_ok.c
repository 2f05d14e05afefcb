// Order passes through many goroutines, each with a flag of its own.
// expect: none
#include "../stage.h"

enum { N = 40 };
static int x;
static atomic_int flag[N + 1];

static void link_up(int i) {
    while (!atomic_load_explicit(&flag[i], memory_order_acquire)) goro_yield();
    x++;
    atomic_store_explicit(&flag[i + 1], 1, memory_order_release);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = N - 1; i >= 0; i--) goro_wg_go(&wg, link_up, i);
    atomic_store_explicit(&flag[0], 1, memory_order_release);
    goro_wg_wait(&wg);
    return x != N;
}
