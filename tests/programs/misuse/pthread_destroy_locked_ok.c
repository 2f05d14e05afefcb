// Pthread locks that are made, used and destroyed again and again at one address, and unlocked each time before.
// expect: none
#include "../thread_stage.h"

static pthread_mutex_t mutex;
static pthread_rwlock_t rwlock;
static pthread_spinlock_t spin;

static void *read_on(void *unused) {
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    return unused;
}

int main(void) {
    pthread_t t;
    for (int i = 0; i < 5; i++) {
        pthread_mutex_init(&mutex, NULL);
        pthread_rwlock_init(&rwlock, NULL);
        pthread_spin_init(&spin, 0);
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        pthread_mutex_destroy(&mutex);
        pthread_create(&t, NULL, read_on, NULL);
        pthread_join(t, NULL);
        pthread_rwlock_destroy(&rwlock);
        pthread_spin_lock(&spin);
        pthread_spin_unlock(&spin);
        pthread_spin_destroy(&spin);
    }
    return 0;
}
