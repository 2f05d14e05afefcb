// Two threads and a counter; -DREPAIRED guards it.
#include <pthread.h>

static int counter;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *bump(void *arg) {
    for (int i = 0; i < 100; i++) {
#ifdef REPAIRED
        pthread_mutex_lock(&mu);
#endif
        counter++;
#ifdef REPAIRED
        pthread_mutex_unlock(&mu);
#endif
    }
    return arg;
}

int main(void) {
    pthread_t t[2];
    (void)mu;
    for (int i = 0; i < 2; i++) pthread_create(&t[i], 0, bump, 0);
    for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
    return 0;
}
