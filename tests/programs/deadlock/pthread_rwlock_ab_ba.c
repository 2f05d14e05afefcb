// A thread that writes under one read-write lock wants to read under another, whose writer wants to write under the first.
// expect: GD002
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_rwlock_t a = PTHREAD_RWLOCK_INITIALIZER, b = PTHREAD_RWLOCK_INITIALIZER;

static void *first(void *unused) {
    pthread_rwlock_wrlock(&a);
    stage_done();
    stage_await(2);
    pthread_rwlock_rdlock(&b); // at: GD002
    return unused;
}

static void *second(void *unused) {
    pthread_rwlock_wrlock(&b);
    stage_done();
    stage_await(2);
    pthread_rwlock_wrlock(&a); // at: GD002
    return unused;
}

int main(void) {
    pthread_t t[2];
    pthread_create(&t[0], NULL, first, NULL);
    pthread_create(&t[1], NULL, second, NULL);
    stage_await(2);
    until_told("GD002", 1) usleep(100000);
    return 0;
}
