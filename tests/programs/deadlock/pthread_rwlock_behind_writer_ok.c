// The same with a lock as it is by default: readers come in beside each other, whoever waits to write.
// expect: none
// mode: race
#include "../thread_stage.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *reader(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_rdlock(&lock);
        sched_yield();
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

static void *writer(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_wrlock(&lock);
        sched_yield();
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, writer, NULL);
    together(reader, reader);
    pthread_join(t, NULL);
    return 0;
}
