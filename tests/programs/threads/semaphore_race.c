// A semaphore of two as if it were a mutex.
// expect: GR001
#include "../thread_stage.h"
#include <semaphore.h>

static int x;
static sem_t sem;

static void *count(void *arg) {
    sem_wait(&sem);
    stage_done();
    stage_await(2);
    x++; // race: both
    sem_post(&sem);
    return arg;
}

int main(void) {
    sem_init(&sem, 0, 2);
    together(count, count);
    return 0;
}
