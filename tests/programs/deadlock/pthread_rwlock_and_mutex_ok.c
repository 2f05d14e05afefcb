// The reader logs when it has let the table go: whoever waits waits for somebody who goes on.
// expect: none
// mode: race
#include "../thread_stage.h"

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static void *reader(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_rwlock_rdlock(&table);
        sched_yield();
        pthread_rwlock_unlock(&table);
        pthread_mutex_lock(&log_lock);
        pthread_mutex_unlock(&log_lock);
    }
    return unused;
}

static void *rotate(void *unused) {
    for (int i = 0; i < 200; i++) {
        pthread_mutex_lock(&log_lock);
        pthread_rwlock_wrlock(&table);
        sched_yield();
        pthread_rwlock_unlock(&table);
        pthread_mutex_unlock(&log_lock);
    }
    return unused;
}

int main(void) {
    together(reader, rotate);
    return 0;
}
