// A thread ends and leaves two locks locked; one thread waits already, another comes later. Only the owner could unlock.
// expect: GD002*2
// mode: race
#include "../thread_stage.h"
#include "../told.h"

#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *owner(void *unused) {
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&rwlock);
    stage_done();
    stage_await(2);
    usleep(20000); /* most likely the other waits by now; the finding is the same if it does not */
    return unused;
}
static void *early(void *unused) {
    stage_await(1);
    stage_done();
    pthread_mutex_lock(&mutex); // at: GD002
    return unused;
}
static void *late(void *unused) {
    pthread_rwlock_rdlock(&rwlock); // at: GD002
    return unused;
}

int main(void) {
    pthread_t own, t;
    pthread_create(&own, NULL, owner, NULL);
    pthread_create(&t, NULL, early, NULL);
    pthread_join(own, NULL);
    pthread_create(&t, NULL, late, NULL);
    until_told("GD002", 2) usleep(100000);
    return 0;
}
