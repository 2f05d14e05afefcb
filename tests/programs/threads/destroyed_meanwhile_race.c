// Locks and their like are destroyed while nothing orders their last use by another thread before that.
// expect: GR001
// mode: race
#include "../thread_stage.h"

#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;

static void *use_them(void *unused) {
    pthread_mutex_trylock(&mutex); // race: first mutex
    pthread_mutex_unlock(&mutex);
    pthread_rwlock_wrlock(&rwlock); // race: first rwlock
    pthread_rwlock_unlock(&rwlock);
    pthread_cond_broadcast(&cond); // race: first cond
    sem_post(&sem);                // race: first sem
    stage_done();
    return unused;
}

static void *destroy(void *unused) {
    stage_await(1);
    pthread_mutex_destroy(&mutex);   // race: second mutex
    pthread_rwlock_destroy(&rwlock); // race: second rwlock
    pthread_cond_destroy(&cond);     // race: second cond
    sem_destroy(&sem);               // race: second sem
    return unused;
}

int main(void) {
    sem_init(&sem, 0, 0);
    together(use_them, destroy);
    return 0;
}
