// A try_acquire that succeeds orders.
// expect: none
#include "../stage.h"

static int x;
static goro_sem sem;

static void first(void) {
    goro_sem_acquire(&sem, goro_ctx_background(), 2);
    stage_done();
    x = 1;
    goro_sem_release(&sem, 2);
}

static void second(void) {
    stage_await(1);
    while (!goro_sem_try_acquire(&sem, 2)) goro_yield();
    use(x);
    goro_sem_release(&sem, 2);
}

int main(void) {
    goro_sem_init(&sem, 2);
    together(first, second);
    return 0;
}
