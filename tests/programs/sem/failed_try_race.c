// A try_acquire that fails orders nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_sem sem;

static void first(void) {
    goro_sem_acquire(&sem, goro_ctx_background(), 2);
    x = 1; // race: first
    goro_sem_release(&sem, 1);
    stage_done();
}

static void second(void) {
    stage_await(1);
    if (goro_sem_try_acquire(&sem, 2)) goro_panic("only one is free");
    use(x); // race: second
}

int main(void) {
    goro_sem_init(&sem, 2);
    together(first, second);
    goro_sem_release(&sem, 1);
    return 0;
}
