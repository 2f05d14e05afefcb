// Two inside, each with its own; the weight of all orders after everybody.
// expect: none
#include "../stage.h"

static int x[4];
static goro_sem sem;

static void worker(goro_wg *started, int i) {
    goro_sem_acquire(&sem, goro_ctx_background(), 1);
    goro_wg_done(started);
    x[i] = 1;
    goro_sem_release(&sem, 1);
}

int main(void) {
    goro_wg started = {0};
    goro_sem_init(&sem, 2);
    goro_wg_add(&started, 4);
    for (int i = 0; i < 4; i++) go(worker, &started, i);
    goro_wg_wait(&started);
    goro_sem_acquire(&sem, goro_ctx_background(), 2);
    int sum = 0;
    for (int i = 0; i < 4; i++) sum += x[i];
    goro_sem_release(&sem, 2);
    return sum != 4;
}
