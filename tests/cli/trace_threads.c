// What trace.sh traces of threads: three take turns under a mutex, one more waits on a condition variable.
#include <pthread.h>

enum { THREADS = 3, ROUNDS = 4 };
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_done = PTHREAD_COND_INITIALIZER;
static int count;

static void *busy(void *arg) {
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mu);
        if (++count == THREADS * ROUNDS) pthread_cond_signal(&all_done);
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

static void *waiter(void *arg) {
    pthread_mutex_lock(&mu);
    while (count < THREADS * ROUNDS) pthread_cond_wait(&all_done, &mu);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void) {
    pthread_t t[THREADS + 1];
    pthread_create(&t[THREADS], NULL, waiter, NULL);
    for (int i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, busy, NULL);
    for (int i = 0; i <= THREADS; i++) pthread_join(t[i], NULL);
    return count != THREADS * ROUNDS;
}
