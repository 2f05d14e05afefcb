// An acquire publishes nothing.
// expect: GR001
#include "../stage.h"

static int x;
static goro_sem sem;

static void first(void) {
    x = 1; // race: first
    goro_sem_acquire(&sem, goro_ctx_background(), 1);
    stage_done();
}

static void second(void) {
    stage_await(1);
    goro_sem_acquire(&sem, goro_ctx_background(), 1);
    use(x); // race: second
}

int main(void) {
    goro_sem_init(&sem, 2);
    together(first, second);
    goro_sem_release(&sem, 2);
    return 0;
}
