// pthread_cond with its mutex.
// expect: none
#include "../thread_stage.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int full, item, sum;

static void *producer(void *arg) {
    for (int i = 1; i <= 50; i++) {
        pthread_mutex_lock(&mu);
        while (full) pthread_cond_wait(&cond, &mu);
        item = i;
        full = 1;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

static void *consumer(void *arg) {
    for (int i = 1; i <= 50; i++) {
        pthread_mutex_lock(&mu);
        while (!full) pthread_cond_wait(&cond, &mu);
        sum += item;
        full = 0;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void) {
    together(producer, consumer);
    return sum != 1275;
}
