// sem_post -> sem_wait, sem_trywait.
// expect: none
#include "../thread_stage.h"
#include <semaphore.h>

static int x, y;
static sem_t a, b;

static void *one(void *arg) {
    x = 1;
    sem_post(&a);
    while (sem_trywait(&b)) sched_yield();
    use(y);
    return arg;
}

static void *two(void *arg) {
    y = 1;
    sem_post(&b);
    sem_wait(&a);
    use(x);
    return arg;
}

int main(void) {
    sem_init(&a, 0, 0);
    sem_init(&b, 0, 0);
    together(one, two);
    return 0;
}
