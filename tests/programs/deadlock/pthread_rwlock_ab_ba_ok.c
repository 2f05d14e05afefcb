// The same two locks, each held by one thread for reading while the other reads, too: readers do not wait for each other.
// expect: none
// allow: GD004
// mode: race
#include "../thread_stage.h"

static pthread_rwlock_t a = PTHREAD_RWLOCK_INITIALIZER, b = PTHREAD_RWLOCK_INITIALIZER;

static void *first(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_rdlock(&a);
        pthread_rwlock_rdlock(&b);
        sched_yield();
        pthread_rwlock_unlock(&b);
        pthread_rwlock_unlock(&a);
    }
    return unused;
}

static void *second(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_rdlock(&b);
        pthread_rwlock_rdlock(&a);
        sched_yield();
        pthread_rwlock_unlock(&a);
        pthread_rwlock_unlock(&b);
    }
    return unused;
}

/* Makes readers wait now and then, with nothing else held. */
static void *writer(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_wrlock(&a);
        pthread_rwlock_unlock(&a);
        pthread_rwlock_wrlock(&b);
        sched_yield();
        pthread_rwlock_unlock(&b);
    }
    return unused;
}

int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, writer, NULL);
    together(first, second);
    pthread_join(t, NULL);
    return 0;
}
