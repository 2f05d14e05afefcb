// pthread_spin.
// expect: none
#include "../thread_stage.h"

static int x;
static pthread_spinlock_t lock;

static void *count(void *arg) {
    for (int i = 0; i < 50; i++) {
        if (i % 2) pthread_spin_lock(&lock);
        else
            while (pthread_spin_trylock(&lock)) sched_yield();
        x++;
        pthread_spin_unlock(&lock);
    }
    return arg;
}

int main(void) {
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    together(count, count);
    pthread_spin_destroy(&lock);
    return x != 100;
}
