/* Two threads of which one tells the other by a semaphore, and writes once more after that. */
#include <pthread.h>
#include <semaphore.h>

static sem_t ready;
static int y;

static void *teller(void *arg) {
    sem_post(&ready);
    y = 1;
    return arg;
}

static void *hearer(void *arg) {
    sem_wait(&ready);
    y = 2;
    return arg;
}

int main(void) {
    pthread_t a, b;
    sem_init(&ready, 0, 0);
    pthread_create(&a, NULL, teller, NULL);
    pthread_create(&b, NULL, hearer, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
