// Peterson's lock, all sequentially consistent.
// expect: none
#include "../stage.h"

static atomic_int wants[2], turn;
static int x;

static void count(int me) {
    for (int i = 0; i < 30; i++) {
        atomic_store(&wants[me], 1);
        atomic_store(&turn, !me);
        while (atomic_load(&wants[!me]) && atomic_load(&turn) == !me) goro_yield();
        x++;
        atomic_store(&wants[me], 0);
    }
}

int main(void) {
    goro_wg wg = {0};
    goro_wg_go(&wg, count, 0);
    goro_wg_go(&wg, count, 1);
    goro_wg_wait(&wg);
    return x != 60;
}
