// A reader wants a mutex whose owner wants to write: a cycle through two kinds of locks.
// expect: GD002
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static void *reader(void *unused) {
    pthread_rwlock_rdlock(&table);
    stage_done();
    stage_await(2);
    pthread_mutex_lock(&log_lock); // at: GD002
    return unused;
}

static void *rotate(void *unused) {
    pthread_mutex_lock(&log_lock);
    stage_done();
    stage_await(2);
    pthread_rwlock_wrlock(&table); // at: GD002
    return unused;
}

int main(void) {
    pthread_t t[2];
    pthread_create(&t[0], NULL, reader, NULL);
    pthread_create(&t[1], NULL, rotate, NULL);
    stage_await(2);
    until_told("GD002", 1) usleep(100000);
    return 0;
}
