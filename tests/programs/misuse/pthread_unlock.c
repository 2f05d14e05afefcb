// Pthread locks that are unlocked by who does not hold them: a free mutex, another thread's, a free rwlock.
// expect: GM001*3
// mode: race
#include "../thread_stage.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *unlock_it(void *unused) {
    pthread_mutex_unlock(&other); // at: GM001
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_mutex_unlock(&mutex); // at: GM001
    pthread_mutex_lock(&other);
    pthread_create(&t, NULL, unlock_it, NULL);
    pthread_join(t, NULL);
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_unlock(&rwlock); // at: GM001
    return 0;
}
