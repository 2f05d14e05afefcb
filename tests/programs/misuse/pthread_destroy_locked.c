// Pthread locks that are destroyed while they are held: a mutex by its holder, an rwlock that a thread reads, a spin lock.
// expect: GM003*3
// mode: race
#include "../thread_stage.h"

static pthread_mutex_t mutex;
static pthread_rwlock_t rwlock;
static pthread_spinlock_t spin;

static void *read_on(void *unused) {
    pthread_rwlock_rdlock(&rwlock);
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_mutex_init(&mutex, NULL);
    pthread_rwlock_init(&rwlock, NULL);
    pthread_spin_init(&spin, 0);
    pthread_mutex_lock(&mutex);
    pthread_mutex_destroy(&mutex); // at: GM003
    pthread_create(&t, NULL, read_on, NULL);
    pthread_join(t, NULL);
    pthread_rwlock_destroy(&rwlock); // at: GM003
    pthread_spin_lock(&spin);
    pthread_spin_destroy(&spin); // at: GM003
    return 0;
}
