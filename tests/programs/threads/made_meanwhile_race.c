// Locks and their like are made by one thread and used by another, and nothing tells the second that they are there.
// expect: GR001
// mode: race
#include "../thread_stage.h"

#include <semaphore.h>

static struct {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
    pthread_spinlock_t spin;
    pthread_cond_t cond;
    pthread_barrier_t barrier;
    sem_t sem;
} x;

static void *make(void *unused) {
    pthread_mutex_init(&x.mutex, NULL);        // race: first mutex
    pthread_rwlock_init(&x.rwlock, NULL);      // race: first rwlock
    pthread_spin_init(&x.spin, 0);             // race: first spin
    pthread_cond_init(&x.cond, NULL);          // race: first cond
    pthread_barrier_init(&x.barrier, NULL, 1); // race: first barrier
    sem_init(&x.sem, 0, 1);                    // race: first sem
    stage_done();
    return unused;
}

static void *use_them(void *unused) {
    stage_await(1);
    pthread_mutex_lock(&x.mutex); // race: second mutex
    pthread_mutex_unlock(&x.mutex);
    pthread_rwlock_rdlock(&x.rwlock); // race: second rwlock
    pthread_rwlock_unlock(&x.rwlock);
    pthread_spin_lock(&x.spin); // race: second spin
    pthread_spin_unlock(&x.spin);
    pthread_cond_signal(&x.cond);     // race: second cond
    pthread_barrier_wait(&x.barrier); // race: second barrier
    sem_wait(&x.sem);                 // race: second sem
    return unused;
}

int main(void) {
    together(make, use_them);
    return 0;
}
