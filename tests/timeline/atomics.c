/* The same with goroutines and a flag that the other one spins on. */
#include <goro.h>
#include <stdatomic.h>

static atomic_int ready;
static int y;

static void teller(void) {
    atomic_store(&ready, 1);
    y = 1;
}

static void hearer(void) {
    while (!atomic_load(&ready)) goro_yield();
    y = 2;
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, teller);
    goro_wg_go(&wg, hearer);
    goro_wg_wait(&wg);
    return 0;
}
