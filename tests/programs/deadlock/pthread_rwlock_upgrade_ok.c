// It lets go first; and who writes already is told EDEADLK by the lock, and does not wait.
// expect: none
// mode: race
#include "../thread_stage.h"

#include <errno.h>
#include <stdlib.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *upgrade(void *unused) {
    for (int i = 0; i < 100; i++) {
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_unlock(&lock);
        pthread_rwlock_wrlock(&lock);
        if (pthread_rwlock_wrlock(&lock) != EDEADLK || pthread_rwlock_rdlock(&lock) != EDEADLK) abort();
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

int main(void) {
    together(upgrade, upgrade);
    return 0;
}
