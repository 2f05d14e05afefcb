// Two threads: a mutex and then a read-write lock for reading; the read-write lock for writing and then the mutex.
// expect: GD004*1
// race-exit: 0
// mode: race
#include "../thread_stage.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void *reader(void *unused) {
    pthread_mutex_lock(&m);
    pthread_rwlock_rdlock(&rw); // at: GD004
    pthread_rwlock_unlock(&rw);
    pthread_mutex_unlock(&m);
    stage_done();
    return unused;
}

static void *writer(void *unused) {
    stage_await(1);
    pthread_rwlock_wrlock(&rw);
    pthread_mutex_lock(&m); // at: GD004
    pthread_mutex_unlock(&m);
    pthread_rwlock_unlock(&rw);
    return unused;
}

int main(void) {
    pthread_t t[2];
    pthread_create(&t[0], NULL, reader, NULL);
    pthread_create(&t[1], NULL, writer, NULL);
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
    return 0;
}
