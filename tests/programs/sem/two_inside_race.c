// A semaphore of two lets two in: no mutual exclusion, no order.
// expect: GR001
#include "../stage.h"

static int x;
static goro_sem sem;

static void count(void) {
    goro_sem_acquire(&sem, goro_ctx_background(), 1);
    stage_done();
    stage_await(2);
    x++; // race: both
    goro_sem_release(&sem, 1);
}

int main(void) {
    goro_sem_init(&sem, 2);
    together(count, count);
    return 0;
}
