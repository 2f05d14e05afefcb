// Threads that end while others wait for what they held: unlocked in a destructor of thread-local data, or a robust mutex,
// whose next holder is told.
// expect: none
#include "../thread_stage.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t robust, plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static void unlock(void *m) { pthread_mutex_unlock(m); }

static void *owner(void *unused) {
    pthread_mutex_lock(&robust);
    pthread_mutex_lock(&plain);
    pthread_setspecific(key, &plain);
    stage_done();
    usleep(20000);
    return unused;
}
static void *heir(void *unused) {
    stage_await(1);
    if (pthread_mutex_lock(&robust) != EOWNERDEAD) abort();
    pthread_mutex_consistent(&robust);
    pthread_mutex_unlock(&robust);
    pthread_mutex_lock(&plain);
    pthread_mutex_unlock(&plain);
    return unused;
}

int main(void) {
    pthread_mutexattr_t attr;
    pthread_key_create(&key, unlock);
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    together(owner, heir);
    return 0;
}
