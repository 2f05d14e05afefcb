// Release -> a later acquire.
// expect: none
#include "../stage.h"

static int x;
static goro_sem sem;

static void count(void) {
    for (int i = 0; i < 50; i++) {
        goro_sem_acquire(&sem, goro_ctx_background(), 1);
        x++;
        goro_sem_release(&sem, 1);
    }
}

int main(void) {
    goro_sem_init(&sem, 1);
    together3(count, count, count);
    return x != 150;
}
