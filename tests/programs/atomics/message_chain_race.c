// The same chain with one weak link in the middle.
// expect: GR001
#include "../stage.h"

enum { N = 10 };
static int x;
static atomic_int flag[N + 1];

static void bump(void) {
    x++; // race: both
}

static void link_up(int i) {
    while (!atomic_load_explicit(&flag[i], memory_order_acquire)) goro_yield();
    bump();
    atomic_store_explicit(&flag[i + 1], 1, i == 5 ? memory_order_relaxed : memory_order_release);
}

int main(void) {
    goro_wg wg = {0};
    for (int i = 0; i < N; i++) goro_wg_go(&wg, link_up, i);
    atomic_store_explicit(&flag[0], 1, memory_order_release);
    goro_wg_wait(&wg);
    return 0;
}
